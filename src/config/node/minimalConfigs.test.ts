import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spell } from '../../../test/support/spell.js';
import { wavFile } from '../../../test/support/wavFile.js';
import { minimalConfigs } from '../minimalConfigs.js';
import { prepareTask } from './prepareTask.js';
import { resolveConfig } from './readConfig.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-minimal-'));
  const words = ['red', 'green', 'blue', 'grey'];
  const rows = Array.from({ length: 400 }, (_, i) => `${words[i % 4]!} ${words[(i >> 2) % 4]!} w${i}`);
  const write = (name: string, lines: readonly string[]) => writeFile(join(folder, name), lines.join('\n'));
  await write(
    'pairs.tsv',
    rows.map((row) => `${row}\t${row.slice(0, 3)}`),
  );
  await write('book.txt', [...rows, ...rows]);
  await write('texts.tsv', rows);
  await write(
    'classes.tsv',
    rows.map((row, i) => `${row}\t${i % 2 === 0 ? 'even' : 'odd'}`),
  );
  await write(
    'labels.tsv',
    rows.map((row, i) => `${row}\t${['', 'a', 'a,b'][i % 3]!}`),
  );
  await write(
    'tags.tsv',
    rows.map((row) => `${row}\tO O B-ID`),
  );
  await write(
    'values.tsv',
    rows.map((row, i) => `${row}\t${i}`),
  );
  await write('series.csv', ['a,b', ...rows.map((_, i) => `${i % 7},${i % 12}`)]);
  const said = Array.from({ length: 60 }, (_, i) => 'abcd'.slice(i % 4).repeat(1 + (i % 3)));
  for (const [i, word] of said.entries())
    await writeFile(join(folder, `${i}.wav`), wavFile(spell(word, 16000), 16000));
  await write(
    'spoken.tsv',
    said.map((word, i) => `${i}.wav\t${word}`),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(Object.entries(minimalConfigs))('of %s is all that a training needs', async (name, text) => {
  const config = resolveConfig(text, join(folder, 'minimal.yaml'));
  expect(config.task).toBe(name);
  const { train, facts } = await prepareTask(config);
  const [first] = train.plan({ batchSize: 8 }, { seed: 1, epoch: 1 });
  expect(Object.keys(train.batch(first!)).length, facts.data).toBeGreaterThan(1);
});
