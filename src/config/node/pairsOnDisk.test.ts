import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BadRows } from '../../data/badRows.js';
import type { Engine } from '../../engine/engine.js';
import { createEngine } from '../../engine/node/createEngine.js';
import { Trainer } from '../../train/trainer.js';
import type { PairConfig } from '../pairSchema.js';
import type { PairTask } from '../pairTask.js';
import type { Task } from '../task.js';
import { cleanersOf } from './cleanTexts.js';
import { buildPairTaskOnDisk, readHeldOut } from './pairsOnDisk.js';
import { prepareTask } from './prepareTask.js';
import { readConfig } from './readConfig.js';
import { readDataParts } from './readDataParts.js';
import { readExamples } from './readExamples.js';

let folder: string;
let engine: Engine;
const names = ['Ann', 'Bo', 'Cem', 'Dora', 'Émile', '李', '王'];
beforeAll(async () => {
  engine = await createEngine();
  folder = await mkdtemp(join(tmpdir(), 'heddle-on-disk-'));
  const rows = Array.from({ length: 900 }, (_, i) => {
    const name = names[i % names.length]!;
    return `${name} has ${i} cats\t${'猫😀'.repeat(1 + (i % 3))} "${name}" ${i}\tuser ${i % 40}`;
  });
  await writeFile(join(folder, 'once.tsv'), rows.join('\n'));
  // The same sources again with other targets, whole rows again, and others that differ in case and form alone.
  const again = rows.flatMap((row, i) => {
    const [source, target, user] = row.split('\t') as [string, string, string];
    if (i % 5 === 0) return [row, `${source}\tno. ${i}\t${user}`];
    if (i % 7 === 0) return [`${source.toUpperCase().normalize('NFD')}\t${target}\t${user}`];
    return i % 11 === 0 ? ['no target here', ' \tno source\tuser 1'] : [];
  });
  await writeFile(join(folder, 'again.tsv'), [...rows, ...again].join('\n'));
  await writeFile(join(folder, 'own.tsv'), 'Ann has 3 cats\tthree\tuser 1\nAnn has 3 cats\tdrei\tuser 1\n');
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});
afterEach(() => vi.unstubAllEnvs());

/** The configuration, with its pairs in memory or on the disk. */
async function config(data: string, { onDisk = true, rest = '' } = {}): Promise<PairConfig> {
  const path = join(folder, 'pairs.yaml');
  await writeFile(path, `data: { ${data}, onDisk: ${onDisk} }\n${rest}`);
  return (await readConfig(path)) as PairConfig;
}

async function both(data: string, rest = ''): Promise<[PairTask, Task]> {
  const held = await prepareTask(await config(data, { onDisk: false, rest }));
  return [held as PairTask, await prepareTask(await config(data, { rest }))];
}

const once = 'source: { file: once.tsv }';
const model = `model:
  encoder: { type: recurrent, cell: gru, embeddingSize: 8, hiddenSize: 8, dropout: 0.2 }
  decoder: { type: recurrent, cell: gru, embeddingSize: 8, hiddenSize: 8, dropout: 0.2 }
training: { epochs: 2, batchSize: 32, validation: { examples: 10 } }
`;

describe('pairs on the disk', () => {
  it.each([
    ['characters', ''],
    [
      'pieces of words',
      'source: { tokenizer: bpe, vocabularySize: 60 }\ntarget: { tokenizer: byte-bpe, vocabularySize: 300 }\n',
    ],
    [
      'words, of which some are unknown',
      'source: { tokenizer: word, minCount: 2 }\ntarget: { tokenizer: word, minCount: 2 }\n',
    ],
  ])('are those that would be held, in the same batches: %s', async (_, rest) => {
    const [held, spilled] = await both(once, model + rest);
    expect(spilled.files).toEqual(held.files);
    expect(spilled.facts).toEqual(held.facts);
    expect(spilled.heldOut).toEqual(held.heldOut);
    expect(spilled.steps).toBe(held.steps);
    const plans = [held, spilled].map(({ train, batch }) => train.plan(batch, { seed: 3, epoch: 1 }));
    expect(plans[1]).toEqual(plans[0]);
    for (const pairs of plans[0]!) expect(spilled.train.batch(pairs)).toEqual(held.train.batch(pairs));
  });

  it('teach a model the same, bit by bit', async () => {
    const parameters = [];
    for (const task of await both(once, model)) {
      const trainer = await Trainer.create({ ...task, engine, seed: 2 });
      await trainer.fit(task.train, { batch: task.batch, steps: 12 });
      parameters.push([...trainer.parameters].map(([name, { data }]) => [name, Array.from(data, Number)]));
    }
    expect(parameters[1]).toEqual(parameters[0]);
  });

  it.each([
    ['by source', ''],
    ['by sources that are alike', 'split: { groupBy: normalized }'],
    ['by a column', 'split: { groupBy: { column: 2 }, test: 0.3 }'],
    ['after cleaning', 'clean: { lowercase: true, unicode: NFKC, dropDuplicates: true, minLength: 3 }'],
    ['with a test file', 'test: { file: own.tsv }'],
    ['in other shares', 'split: { seed: 5, validation: 0, test: 0.3 }'],
  ])('are split as those that are held: %s', async (_, extra) => {
    const data = ['source: { file: again.tsv }, onBadRow: skip', extra].filter(Boolean).join(', ');
    const own = await config(data);
    const reading = () => [new BadRows('skip'), cleanersOf(own)['']] as const;
    const parts = await readExamples(own, ...reading());
    const train: (readonly string[])[] = [];
    const held = await readHeldOut(own, ...reading(), ({ source, target }) => train.push([source, target]));
    const { validation, test } = parts;
    expect(held).toEqual({ validation, test });
    expect(test.length).toBeGreaterThan(0);
    const wanted = parts.train.flatMap(({ source, references }) =>
      references.map((reference) => JSON.stringify([source, reference])),
    );
    expect(new Set(train.map((pair) => JSON.stringify(pair)))).toEqual(new Set(wanted));
    const { count } = (await buildPairTaskOnDisk(own, ...reading(), undefined)).train;
    expect(count).toBe(wanted.length);
  });

  it('counts what it leaves out, and says which pair it cannot read', async () => {
    const limits = (onTooLong: string) => `${once}, limits: { maxTargetLength: 13, onTooLong: ${onTooLong} }`;
    const [held, spilled] = await both(limits('skip'), model);
    expect(spilled.facts.notes).toEqual(held.facts.notes);
    expect(spilled.facts.notes[0]).toMatch(/^\d+ pairs left out as too long/);
    await expect(config(limits('error')).then(prepareTask)).rejects.toThrow(
      /once\.tsv: line \d+: the target has 1\d tokens, more than maxTargetLength 13/,
    );
    const short = 'model: { encoder: { type: transformer, positions: learned, maxLength: 5 } }\n';
    await expect(config(once, { rest: short }).then(prepareTask)).rejects.toThrow(
      /once\.tsv: line \d+: the source has \d+ tokens, the model has learned positions for 5/,
    );
    const none = `${once}, clean: { minLength: 500 }`;
    await expect(config(none).then(prepareTask)).rejects.toThrow('data.clean leaves no row');
  });

  it('notices that a row has changed', async () => {
    const prints = [];
    for (const text of ['a\tx\nb\ty\n', 'a\tx\nb\tx\n', 'a\tx\nb\ty\n']) {
      await writeFile(join(folder, 'few.tsv'), text);
      const data = 'source: { file: few.tsv }, split: { validation: 0, test: 0 }';
      prints.push((await prepareTask(await config(data))).fingerprint);
    }
    expect(prints[1]).not.toBe(prints[0]);
    expect(prints[2]).toBe(prints[0]);
  });

  it('leave no file behind, and say where there is no room for one', async () => {
    const room = await mkdtemp(join(tmpdir(), 'heddle-room-'));
    vi.stubEnv('TMPDIR', room);
    const { train } = await prepareTask(await config(once));
    expect(train.plan({ batchSize: 100 }, { seed: 1, epoch: 0 }).length).toBeGreaterThan(5);
    expect(await readdir(room)).toEqual([]);
    await rm(room, { recursive: true });
    await expect(config(once).then(prepareTask)).rejects.toThrow(
      `A temporary file in ${room} cannot be written: ENOENT`,
    );
  });

  it.each([
    ['source: { synthetic: copy, count: 50 }', 'data.onDisk is for tables'],
    [`${once}, split: { groupBy: component }`, 'data.split.groupBy component needs all pairs at once'],
    [`${once}, split: { orderBy: { column: 2 } }`, 'data.split.orderBy needs all pairs at once'],
    [`${once}, split: { folds: 3 }`, 'data.split.folds needs all pairs at once'],
  ])('cannot be of %s', async (data, message) => {
    await expect(config(data)).rejects.toThrow(message);
  });

  it('are shown in part, which is said', async () => {
    const own = await config(once);
    const { parts, refusal } = await readDataParts(own, new BadRows(), cleanersOf(own));
    expect(refusal).toBeUndefined();
    expect(parts[0]!.form).toContain('the first 100,000 pairs at most');
    expect(parts[0]!.counts.train).toBeGreaterThan(700);
  });
});
