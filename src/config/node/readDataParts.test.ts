import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadExample } from '../augmentationExamples.js';
import { badRowsOf } from '../badRowPolicy.js';
import { summarizeData, type DataParts } from '../dataSummary.js';
import { drawExamples } from '../pairTask.js';
import type { Task } from '../task.js';
import { cleanersOf } from './cleanTexts.js';
import { prepareTask } from './prepareTask.js';
import { readConfig } from './readConfig.js';
import { readDataParts } from './readDataParts.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-data-'));
});
afterAll(() => rm(folder, { recursive: true }));

const write = (name: string, rows: readonly string[]) => writeFile(join(folder, name), rows.join('\n'));

/** What `heddle data` reads of a configuration, and the task that `heddle train` builds of it. */
async function both(yaml: string) {
  const path = join(folder, 'x.yaml');
  await writeFile(path, yaml);
  const config = await readConfig(path);
  return {
    ...(await readDataParts(config, badRowsOf(config), cleanersOf(config))),
    build: () => prepareTask(config),
  };
}

/** Examples that an epoch of training goes through. */
function trainedOn({ train }: Task): number {
  return train.plan({ batchSize: 100 }, { seed: 1, epoch: 0 }).reduce((sum, { length }) => sum + length, 0);
}

const leftOut = (parts: DataParts | undefined) =>
  parts!.leftOut!.map(({ part, unit, reason, count }) => [count, unit, part, reason]);

/** Words of 1 to 12 letters, some with two answers, of which one may be longer. */
const pairs = Array.from({ length: 240 }, (_, i) => {
  const word = 'abcdefghijkl'.slice(0, 1 + (i % 12));
  return `${word}${i}\t${word.toUpperCase()}${i % 3 ? '' : word}`;
}).flatMap((row, i) => (i % 4 ? [row] : [row, `${row.split('\t')[0]!}\tX`]));

describe('pairs', () => {
  beforeAll(() => write('pairs.tsv', pairs));
  const config = (limits: string, more = '') => `data:
  source: { file: pairs.tsv }
  split: { validation: 0.2, test: 0.2 }
  limits: ${limits}
model: { encoder: { embeddingSize: 4, hiddenSize: 4 }, decoder: { embeddingSize: 4, hiddenSize: 4 } }
training: { steps: 1, validation: { examples: 10 } }
${more}`;

  it('that are too long are left out of training, as training does', async () => {
    const { parts, refusal, build } = await both(config('{ maxSourceLength: 12, maxTargetLength: 9, onTooLong: skip }')); // prettier-ignore
    const task = await build();
    const [own] = parts;
    expect(refusal).toBeUndefined();
    expect(own!.used!.counts.train).toBe(trainedOn(task));
    expect(own!.texts[1]!.parts.train).toHaveLength(trainedOn(task));
    expect(own!.counts.test).toBe(task.heldOut.test);
    expect([own!.watched, own!.counts.validation > 10]).toEqual([task.heldOut.validation, true]);
    const [[count, ...about] = [], ...others] = leftOut(own);
    expect(count).toBeGreaterThan(20);
    expect([about, others]).toEqual([['pair', 'train', 'too long (data.limits)'], []]);
    expect(task.facts.notes.join()).toContain(`${String(count)} pairs left out as too long`);
    expect(Math.max(...own!.texts[1]!.parts.train.map(({ length }) => length))).toBe(9);
    for (let i = 0; i < own!.counts.train; i++) {
      const [source, target] = own!.texts.map(({ at, parts: { train } }) => (at ? at(i) : train[i]!));
      expect(pairs).toContain(`${source}\t${target}`);
    }
  });

  it('that CTC cannot align are left out of every part', async () => {
    const yaml = `task: ctc\n${config('{ maxTargetLength: 13, onTooLong: skip }').replace(/, decoder: .*/, ' }')}`;
    const { parts, build } = await both(yaml);
    const task = await build();
    const [own] = parts;
    expect(own!.used!.counts.train).toBe(trainedOn(task));
    expect(own!.counts.test).toBe(task.heldOut.test);
    const reasons = leftOut(own).map(([, , part, reason]) => `${String(part)}: ${String(reason)}`);
    expect(reasons).toContain('train: too long (data.limits)');
    expect(reasons).toContain('test: the source is too short for CTC to align the target with (data.limits)');
  });

  it('that training refuses are shown all the same, with the reason', async () => {
    const { parts, refusal, build } = await both(config('{ maxSourceLength: 12 }'));
    expect(refusal).toMatch(/pairs\.tsv: line \d+: the source has \d+ tokens, more than maxSourceLength 12/);
    await expect(build()).rejects.toThrow(refusal);
    const { train, validation, test } = parts[0]!.used!.counts;
    expect(train + validation + test).toBe(pairs.length);
    expect(parts[0]!.leftOut).toBeUndefined();
  });

  it('that training does not watch may be what it cannot read', async () => {
    const sources = ['abc', 'bcd', 'cde'].map((source) => ({ source }));
    const [watched] = drawExamples(sources, 1);
    await write(
      'own.tsv',
      sources.map((each) => `${each.source}\t${each === watched ? 'AB' : 'A'.repeat(30)}`),
    );
    const own = config('{ maxTargetLength: 25 }\n  validation: { file: own.tsv }');
    const { parts, refusal, build } = await both(own.replace('examples: 10', 'examples: 1'));
    expect(refusal).toBeUndefined();
    expect((await build()).heldOut.validation).toBe(1);
    expect([parts[0]!.watched, parts[0]!.counts.validation]).toEqual([1, 3]);
    expect(parts[0]!.leftOut).toEqual([]);
  });

  it('are refused with answers that the model could not write, as training does', async () => {
    const { parts, refusal, build } = await both(config('{}', 'decoding: { prefix: ABCD, maxLength: 3 }\n'));
    expect(refusal).toMatch(/^decoding\.prefix has 4 tokens, an answer at most 3/);
    await expect(build()).rejects.toThrow(refusal);
    expect(parts[0]!.leftOut).toBeUndefined();
  });

  it('are shown where the run that they would be read by is missing', async () => {
    const from = config('{}').replace('steps: 1', 'steps: 1, initial: { run: nowhere }');
    const { parts, refusal, build } = await both(from);
    expect(refusal).toMatch(/^training\.initial\.run: there is no .*nowhere/);
    await expect(build()).rejects.toThrow(refusal);
    expect(parts[0]!.texts[0]!.units.count).toBeGreaterThan(12);
  });
});

it('texts that are too long for a language model are left out, as training does', async () => {
  await write(
    'texts.tsv',
    Array.from({ length: 120 }, (_, i) => `${'word '.repeat(1 + (i % 9))}${i}`),
  );
  const { parts, build } = await both(`task: language-model
data: { source: { file: texts.tsv, onTooLong: skip }, split: { validation: 0.1, test: 0.2 } }
text: { tokenizer: word }
model: { size: 8, heads: 2, layers: 1, contextLength: 8 }
`);
  const task = await build();
  const [own] = parts;
  expect(own!.counts.train).toBe(trainedOn(task));
  expect(own!.used!.counts.test).toBe(task.heldOut.test);
  const reason = 'longer than model.contextLength (data.source.onTooLong)';
  const counts = leftOut(own);
  expect(counts.map(([, ...about]) => about)).toEqual(
    ['train', 'validation', 'test'].map((part) => ['text', part, reason]),
  );
  expect(task.facts.notes).toEqual([`${String(counts[0]![0])} texts left out as too long (onTooLong)`]);
});

it('texts that another task holds out are no training texts', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `text number ${i}\t${i % 2 ? 'odd' : 'even'}`);
  await write('kinds.tsv', rows);
  await write('held.tsv', [...rows.slice(0, 12), 'another\todd']);
  await write(
    'values.tsv',
    Array.from({ length: 60 }, (_, i) => `text number ${i}\t${i}`),
  );
  const { parts, build } = await both(`task: multi-task
text: { tokenizer: word }
model: { encoder: { embeddingSize: 4, hiddenSize: 4 } }
tasks:
  kind:
    task: classification
    data: { source: { file: kinds.tsv }, test: { file: held.tsv }, split: { validation: 0, test: 0 } }
  value:
    task: regression
    data: { source: { file: values.tsv, text: 0, values: [1] }, scaling: min-max, split: { validation: 0, test: 0 } }
training: { validation: { metrics: [loss] } }
`);
  const task = await build();
  const [kind, value] = parts;
  expect([kind!.counts.train, value!.counts.train, trainedOn(task)]).toEqual([48, 48, 48]);
  const reason = 'a task is validated or tested on it';
  expect(leftOut(kind)).toEqual([[12, 'text', 'train', reason]]);
  expect(leftOut(value)).toEqual([[12, 'text', 'train', reason]]);
  expect(kind!.leftOut![0]!.examples[0]).toMatchObject({ texts: ['text number 0'] });
  // Fitted on the rows that stay.
  expect(summarizeData(value!).scaling).toEqual([
    { name: 'column 1', minimum: 12, range: 47, before: 12, after: 0 },
  ]);
});

describe('numbers', () => {
  it('are scaled by the training part, and compared row by row', async () => {
    const rows = Array.from({ length: 80 }, (_, i) => `${i},${(i * 7) % 80},${2 * i}`);
    await write('flats.csv', ['rooms,metres,rent', ...rows]);
    await write('own.csv', ['rooms,metres,rent', '900,1,5', rows[3]!]);
    const { parts, build } = await both(`task: regression
data:
  source: { file: flats.csv, header: true, features: [rooms, metres], values: [rent] }
  test: { file: own.csv, header: true, features: [rooms, metres], values: [rent] }
  split: { validation: 0 }
model: { encoder: { type: mlp } }
`);
    const task = await build();
    const summary = summarizeData(parts[0]!);
    expect([summary.counts.train, summary.counts.test]).toEqual([trainedOn(task), task.heldOut.test]);
    const { means, deviations } = task.files['scaling.json'] as { means: number[]; deviations: number[] };
    expect(summary.scaling!.map(({ name }) => name)).toEqual(['rooms', 'metres', 'rent']);
    expect(summary.scaling![2]).toEqual({
      name: 'rent',
      mean: means[0],
      deviation: deviations[0],
      before: 0,
      after: expect.closeTo(-means[0]! / deviations[0]!, 5) as number,
    });
    expect(summary.leaks).toEqual({
      noun: 'feature row',
      found: [{ parts: ['train', 'test'], texts: ['line 5', 'line 3'] }],
    });
    expect(parts[0]!.shown!(79)[1]).toEqual(['values', expect.stringMatching(/^rent 158 → 1\.71/) as string]);
  });

  it('may stand beside texts, whose contexts are texts, too', async () => {
    await write(
      'asked.tsv',
      Array.from({ length: 40 }, (_, i) => `question ${i}\tanswer ${i}\t${i}`),
    );
    const { parts } = await both(`task: regression
data: { source: { file: asked.tsv, text: 0, context: 1, values: [2] } }
model: { context: {} }
`);
    expect(parts[0]!.texts.map(({ name }) => name)).toEqual(['text', 'context']);
    expect(parts[0]!.texts[1]!.parts.train[0]).toMatch(/^answer \d+$/);
    expect(parts[0]!.rows).toBeUndefined();
  });

  it('of a series are windows, of which none should come again', async () => {
    const wave = Array.from({ length: 100 }, (_, t) => (t * t) % 101);
    const config = (scaling: string) => `task: forecasting
data: { source: { file: series.csv, header: true }, split: { validation: 0.2, test: 0.2 }, scaling: ${scaling} }
model: { window: 5, horizon: 2 }
`;
    await write('series.csv', ['a', ...wave.map(String)]);
    const { parts, build } = await both(config('standard'));
    const task = await build();
    const summary = summarizeData(parts[0]!);
    expect(summary.used!.counts).toEqual({
      train: trainedOn(task),
      validation: task.heldOut.validation,
      test: task.heldOut.test,
    });
    // t² comes backwards after t = 50, and forwards only after t = 101.
    expect(summary.leaks).toEqual({ noun: 'window', found: [] });
    const copied = wave.map((value, t) => (t >= 85 && t < 93 ? wave[t - 75]! : value));
    await write('series.csv', ['a', ...copied.map(String)]);
    const again = await both(config('min-max'));
    const { leaks, scaling } = summarizeData(again.parts[0]!);
    expect(leaks!.found).toEqual([
      { parts: ['train', 'test'], texts: ['from line 12 on', 'from line 87 on'] },
      { parts: ['train', 'test'], texts: ['from line 13 on', 'from line 88 on'] },
    ]);
    expect(scaling).toEqual([{ name: 'a', minimum: 0, range: 100, before: 0, after: 0 }]);
  });
});

it('each of several labels is counted, and those of an example are shown together', async () => {
  await write(
    'topics.tsv',
    Array.from({ length: 40 }, (_, i) => `offer ${i}\t${i % 2 ? 'new, cheap' : i % 4 ? 'new' : ''}`),
  );
  const { parts, build } = await both(`task: multi-label
data: { source: { file: topics.tsv }, split: { validation: 0, test: 0 } }
text: { tokenizer: word }
`);
  expect(parts[0]!.counts.train).toBe(trainedOn(await build()));
  const { counts } = summarizeData(parts[0]!).labels!;
  expect(counts.map(({ label, parts: { train } }) => [label, train])).toEqual([
    ['new', 30],
    ['cheap', 20],
  ]);
  expect([0, 1, 2].map(parts[0]!.labels!.at!)).toEqual(['', 'new, cheap', 'new']);
});

/** A file of the IDX format. */
function idx(shape: readonly number[], values: readonly number[]): Uint8Array {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.writeUInt8(0x08, 2);
  head.writeUInt8(shape.length, 3);
  shape.forEach((size, i) => head.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([head, Uint8Array.from(values)]);
}

it('images that stand in two parts are found by their pixels', async () => {
  const images = (count: number, from: number) =>
    idx([count, 4, 4], Array.from({ length: 16 * count }, (_, i) => (from + Math.floor(i / 16) + (i % 16)) % 256)); // prettier-ignore
  const labels = (count: number) =>
    idx(
      [count],
      Array.from({ length: count }, (_, i) => i % 2),
    );
  await writeFile(join(folder, 'images'), images(30, 0));
  await writeFile(join(folder, 'labels'), labels(30));
  await writeFile(join(folder, 'test-images'), images(4, 27));
  await writeFile(join(folder, 'test-labels'), labels(4));
  const { parts, augmentations, build } = await both(`task: classification
data:
  source: { images: images, labels: labels }
  test: { images: test-images, labels: test-labels }
  split: { validation: 0 }
model: { encoder: { type: image, blocks: [{ channels: 2 }] } }
training: { augment: [{ type: flip-images }, { type: noise, deviation: 0.1 }] }
`);
  const task = await build();
  const { counts, leaks } = summarizeData(parts[0]!);
  expect([counts.train, counts.test]).toEqual([trainedOn(task), task.heldOut.test]);
  expect(leaks!.found.map(({ texts }) => texts)).toEqual(
    [1, 2, 3].map((i) => [`image ${27 + i}`, `image ${i}`]),
  );
  expect(parts[0]!.shown!(0)).toEqual([['image', 'image 1, 4 × 4']]);
  const [flipped, noisy] = augmentations;
  expect([flipped!.changed, noisy!.changed]).toEqual([16, 16]);
  const valuesOf = (read: ReadExample) => ('picture' in read ? Array.from(read.picture.values) : []);
  const { image } = task.train.batch(Int32Array.of(noisy!.example));
  expect(valuesOf(noisy!.after)).toEqual(Array.from(image!.data as Float32Array));
  const [before, after] = [flipped!.before, flipped!.after].map(valuesOf);
  expect(after).toEqual(before!.map((_, i) => before![i - (i % 4) + 3 - (i % 4)]));
});

it('tokens are dropped as training drops them', async () => {
  await write(
    'labelled.tsv',
    Array.from({ length: 50 }, (_, i) => `the text with number ${i}\t${i % 2}`),
  );
  const { augmentations, build } = await both(`task: classification
data: { source: { file: labelled.tsv } }
text: { tokenizer: word, minCount: 2 }
training: { augment: [{ type: token-dropout, rate: 0.2 }, { type: rotate-tokens }] }
`);
  const task = await build();
  const tokensOf = (read: ReadExample) => ('tokens' in read ? read.tokens : []);
  const [dropped, rotated] = augmentations;
  const [before, after] = [dropped!.before, dropped!.after].map(tokensOf);
  expect(before).toEqual(['the', 'text', 'with', 'number', '<unknown>']);
  const changed = after!.filter((token, i) => token !== before![i]);
  expect(changed).toEqual(new Array<string>(dropped!.changed).fill('<unknown>'));
  expect(changed.length).toBeGreaterThan(0);
  const { source } = task.train.batch(Int32Array.of(rotated!.example));
  expect(tokensOf(rotated!.after)).toEqual(task.reads!.vocabulary.decode(source!.data as Int32Array));
});

it('shows each augmentation where it changes something: targets, what a language model reads, features', async () => {
  await write(
    'recut.tsv',
    Array.from({ length: 50 }, (_, i) => `the text ${i}\tder Text ${i}\t${i}`),
  );
  const tokensOf = (read: ReadExample) => ('tokens' in read ? read.tokens : []);
  const bpe = '{ tokenizer: bpe, vocabularySize: 60 }';
  const pairs = await both(`task: sequence-to-sequence
data: { source: { file: recut.tsv } }
target: ${bpe}
training: { augment: [{ type: bpe-dropout, rate: 0.5, side: target }, { type: token-dropout, rate: 0.5 }] }
`);
  const [cut, dropped] = pairs.augmentations;
  expect(tokensOf(cut!.before).join('')).toMatch(/^der Text \d+$/);
  expect(tokensOf(cut!.after).join('')).toBe(tokensOf(cut!.before).join(''));
  expect(tokensOf(cut!.after).length).toBeGreaterThan(tokensOf(cut!.before).length);
  expect(tokensOf(dropped!.after).filter((token) => token === '<unknown>')).toHaveLength(dropped!.changed);

  const language = await both(`task: language-model
data: { source: { file: recut.tsv } }
training: { augment: [{ type: token-dropout, rate: 0.5 }] }
`);
  expect(tokensOf(language.augmentations[0]!.before).join('')).toMatch(/^the text \d+$/);
  expect(language.augmentations[0]!.changed).toBeGreaterThan(0);

  const features = await both(`task: regression
data: { source: { file: recut.tsv, features: [2], values: [2] } }
model: { encoder: { type: mlp } }
training: { augment: [{ type: noise, deviation: 0.1 }] }
`);
  const [noisy] = features.augmentations;
  expect(noisy).toMatchObject({ changed: 1, before: { variables: 1 }, after: { variables: 1 } });

  // Texts are cut before they are masked, by the data themselves.
  const masked = await both(`task: masked-language-model
data: { source: { file: recut.tsv } }
text: ${bpe}
training: { augment: [{ type: bpe-dropout, rate: 0.5 }] }
`);
  expect(masked.augmentations).toEqual([]);
});
