import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spell, spelledWords } from '../../../test/support/spell.js';
import { wavFile } from '../../../test/support/wavFile.js';
import { BadRows } from '../../data/badRows.js';
import { splitNames } from '../../data/split.js';
import type { SpeechConfig } from '../speechSchema.js';
import { resolveConfig } from './readConfig.js';
import { readSpoken } from './readSpoken.js';

const RATE = 8000;
const words = spelledWords(80);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-spoken-'));
  await mkdir(join(folder, 'wav'));
  for (const [i, word] of words.entries())
    await writeFile(join(folder, 'wav', `${i}.wav`), wavFile(spell(word, RATE), RATE));
  const rows = words.map((word, i) => `wav/${i}.wav\t ${word.toUpperCase()}\t${i % 7}`);
  await writeFile(join(folder, 'spoken.tsv'), rows.join('\n'));
  const odd = ['wav/0.wav\t \t1', 'wav/none.wav\tabc\t1', 'odd.tsv\tabc\t1', 'wav/2.wav\tabc\t1'];
  await writeFile(join(folder, 'odd.tsv'), odd.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

const source = 'source: { recordings: spoken.tsv, rate: 8000, bands: 8 }';
const config = (data: string) =>
  resolveConfig(
    `task: speech-recognition\ndata: { ${data} }\n`,
    join(folder, 'x.yaml'),
  ) as unknown as SpeechConfig;

it('reads all of each recording, frame after frame, and what is said in it', async () => {
  const { train, validation, test } = await readSpoken(
    config(`${source}, clean: { lowercase: true, collapseSpaces: true }`),
  );
  const all = [...train, ...validation, ...test];
  expect(all).toHaveLength(80);
  const last = all.find(({ name }) => name === 'wav/79.wav')!;
  expect(last).toMatchObject({ text: words[79], origin: `${join(folder, 'spoken.tsv')}: line 80` });
  // 40 ms of silence, then 120 for each of four letters; a frame around every 10th.
  expect(last.frames).toHaveLength(8 * 53);
  const energy = (frame: number) => Math.max(...last.frames.subarray(8 * frame, 8 * frame + 8));
  expect(energy(8)).toBeGreaterThan(energy(1) + 5);
  expect(energy(8)).toBeGreaterThan(energy(14) + 5);
});

it('splits by time', async () => {
  const split = 'split: { orderBy: { column: 2 }, validation: 0.2, test: 0.3 }';
  const parts = await readSpoken(config(`${source}, ${split}`));
  const times = splitNames.map((part) => parts[part].map(({ time }) => time!));
  expect(Math.max(...times[0]!)).toBeLessThan(Math.min(...times[1]!));
  expect(Math.max(...times[1]!)).toBeLessThan(Math.min(...times[2]!));
});

it.each([
  ['equal recordings', '', ({ frames }: { frames: Float32Array }) => frames.join()],
  ['equal texts', 'groupBy: text', ({ text }: { text: string }) => text],
  ['one value of a column', 'groupBy: { column: 2 }', ({ group }: { group?: string }) => group!],
])('keeps %s in one part', async (_, groupBy, keyOf) => {
  const split = `split: { validation: 0.3, test: 0.3${groupBy && `, ${groupBy}`} }`;
  const parts = await readSpoken(config(`${source}, ${split}`));
  const places = new Map<string, Set<string>>();
  for (const part of splitNames)
    for (const spoken of parts[part]) {
      const key = keyOf(spoken);
      places.set(key, (places.get(key) ?? new Set()).add(part));
    }
  expect(new Set([...places.values()].flatMap((own) => [...own])).size).toBe(3);
  expect([...places.values()].every(({ size }) => size === 1)).toBe(true);
});

it('reads tables of the parts, and leaves out rows that cannot be read', async () => {
  const data = `${source}, validation: { recordings: spoken.tsv }, test: { recordings: odd.tsv }`;
  await expect(readSpoken(config(data))).rejects.toThrow('odd.tsv: line 1: the text is empty');
  const badRows = new BadRows('report');
  const parts = await readSpoken(config(data), badRows);
  expect(splitNames.map((part) => parts[part].length)).toEqual([80, 80, 1]);
  expect(badRows.rows.map(({ origin }) => origin.slice(folder.length + 1))).toEqual(
    [1, 2, 3].map((line) => `odd.tsv: line ${line}`),
  );
  expect(badRows.rows[1]!.reason).toContain('none.wav');
  expect(badRows.rows[2]!.reason).toContain('not a WAV file');
});
