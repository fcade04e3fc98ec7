import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textRows } from '../../data/textRows.js';
import { tokenizerFromJson, type TextEncoding } from '../../text/tokenizerJson.js';
import { END, START, UNKNOWN } from '../../text/vocabulary.js';
import type { Task } from '../task.js';
import { prepareTask } from './prepareTask.js';
import { readConfig } from './readConfig.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-augmentation-'));
  const rows = Array.from({ length: 40 }, (_, i) => `abcdefgh${i}\t${i % 2 ? 'odd' : 'even'}\t${i}`);
  await writeFile(join(folder, 'rows.tsv'), rows.join('\n'));
  const texts = Array.from(
    { length: 40 },
    (_, i) =>
      `the cat ${i} sat on the mat of the hats\tder Kater ${i} sitzt auf der Matte\t${i % 2 ? 'odd' : 'even'}\t${i}\t${i / 4}`,
  );
  await writeFile(join(folder, 'texts.tsv'), texts.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const path = join(folder, 'x.yaml');
  await writeFile(path, text);
  return readConfig(path);
}

/** The input of the first batch of an epoch, rows by the example that they are of. */
function epoch({ train }: Task, number: number, input: string) {
  const [first] = train.plan({ batchSize: 8 }, { seed: 1, epoch: number });
  return Array.from(train.batch(first!)[input]!.data as Float32Array);
}

it('drops other tokens in every epoch, and the same again when it is asked again', async () => {
  const task = await prepareTask(
    await read(`task: classification
data: { source: { file: rows.tsv } }
training: { augment: [{ type: token-dropout, rate: 0.3 }] }
`),
  );
  const [first, second] = [epoch(task, 0, 'source'), epoch(task, 1, 'source')];
  expect(first).toEqual(epoch(task, 0, 'source'));
  const places = (ids: number[]) => ids.flatMap((id, i) => (id === UNKNOWN ? [i] : []));
  expect(places(first).length).toBeGreaterThan(5);
  expect(places(first)).not.toEqual(places(second));
});

it('adds noise to series', async () => {
  const base = `task: forecasting
data: { source: { file: rows.tsv, columns: [2] } }
model: { type: linear, window: 4, horizon: 2 }
`;
  const plain = await prepareTask(await read(base));
  const noisy = await prepareTask(
    await read(`${base}training: { augment: [{ type: noise, deviation: 0.1 }] }\n`),
  );
  const [clear, changed] = [epoch(plain, 0, 'series'), epoch(noisy, 0, 'series')];
  const differences = clear.map((value, i) => Math.abs(value - changed[i]!));
  expect(Math.min(...differences)).toBeGreaterThan(0);
  expect(Math.max(...differences)).toBeLessThan(0.6);
});

it('refuses what does not go with the data', async () => {
  const of = (type: string) =>
    read(`task: classification
data: { source: { file: rows.tsv } }
training: { augment: [{ type: ${type} }] }
`);
  await expect(of('flip-images')).rejects.toThrow(
    'training.augment.0.type is flip-images, but the model reads texts; leave it out',
  );
  await expect(of('flip-image')).rejects.toThrow('flip-images');
});

const prepared = async (text: string) => prepareTask(await read(text));

/** The first batch of an epoch, and which examples it has. */
function batchOf({ train }: Task, number: number, batchSize = 8) {
  const [first] = train.plan({ batchSize }, { seed: 1, epoch: number });
  return train.batch(first!);
}

const spelling = ({ tokenizer, vocabulary }: TextEncoding, ids: Int32Array) =>
  tokenizer.detokenize(vocabulary.decode(ids));

describe('BPE dropout', () => {
  const bpe = '{ tokenizer: bpe, vocabularySize: 70 }';
  const dropout = 'augment: [{ type: bpe-dropout, rate: 0.3 }]';

  /** Texts of an input in the first epochs. */
  const epochs = (task: Task, encoding: TextEncoding, input: string, from = 0) =>
    [0, 1, 2].map((number) =>
      textRows(batchOf(task, number, 100), input).map((row) => {
        const ids = row.subarray(from);
        return { ids: ids.join(), length: ids.length, text: spelling(encoding, ids) };
      }),
    );

  /** Texts in their own words, cut otherwise in each epoch, and the same again. */
  function expectRecut(drawn: ReturnType<typeof epochs>, wanted: RegExp): void {
    for (const rows of drawn) {
      expect(new Set(rows.map(({ text }) => text)).size).toBe(rows.length);
      for (const { text } of rows) expect(text).toMatch(wanted);
    }
    const cuts = new Map<string, Set<string>>();
    for (const { text, ids } of drawn.flat()) cuts.set(text, (cuts.get(text) ?? new Set()).add(ids));
    expect([...cuts.values()].filter(({ size }) => size === 3).length).toBeGreaterThan(cuts.size / 2);
  }

  const english = /^the cat \d+ sat on the mat of the hats$/;
  const german = /^der Kater \d+ sitzt auf der Matte$/;

  it.each(['both', 'source', 'target'])('cuts pairs anew: %s', async (side) => {
    const of = (training: string) =>
      prepared(`task: sequence-to-sequence
data: { source: { file: texts.tsv } }
source: ${bpe}
target: { tokenizer: byte-bpe, vocabularySize: 300 }
training: { ${training} }
`);
    const [task, plain] = [
      await of(`augment: [{ type: bpe-dropout, rate: 0.3, side: ${side} }]`),
      await of('augment: []'),
    ];
    const target = tokenizerFromJson(task.files['tokenizer.target.json'], 'target');
    const sources = epochs(task, task.reads!, 'source');
    const targets = epochs(task, target, 'targetInput', 1);
    expect(sources).toEqual(epochs(task, task.reads!, 'source'));
    if (side === 'target') expect(sources).toEqual(epochs(plain, task.reads!, 'source'));
    else expectRecut(sources, english);
    if (side === 'source') expect(targets).toEqual(epochs(plain, target, 'targetInput', 1));
    else expectRecut(targets, german);
    // What is to be said goes with what is read.
    const { targetInput, targetLengths, targetRows, targetSlots, labels } = batchOf(task, 1);
    const rows = textRows({ targetInput: targetInput! }, 'targetInput');
    expect(Array.from(targetLengths!.data, Number)).toEqual(rows.map(({ length }) => length));
    expect([...(labels!.data as Int32Array)]).toEqual(rows.flatMap((row) => [...row.subarray(1), END]));
    expect(targetRows!.shape).toEqual(labels!.shape);
    expect(targetSlots!.shape[0]).toBe(targetInput!.shape[0]! * targetInput!.shape[1]!);
  });

  it('keeps texts within the positions of the model', async () => {
    const of = (maxLength: number, training: string) =>
      prepared(`task: sequence-to-sequence
data: { source: { file: texts.tsv } }
source: ${bpe}
target: ${bpe}
model:
  encoder: { type: transformer, size: 16, heads: 2, layers: 1, positions: learned, maxLength: ${maxLength} }
  decoder: { type: transformer, size: 16, heads: 2, layers: 1, positions: learned, maxLength: ${maxLength} }
training: { ${training} }
`);
    const lengths = (task: Task, input: string) =>
      [0, 1, 2].flatMap((number) => textRows(batchOf(task, number, 100), input).map(({ length }) => length));
    const plain = await of(100, 'augment: []');
    const most = Math.max(...lengths(plain, 'source'), ...lengths(plain, 'targetInput')) + 2;
    const free = await of(100, 'augment: [{ type: bpe-dropout, rate: 0.9 }]');
    expect(Math.max(...lengths(free, 'source'))).toBeGreaterThan(most);
    const bound = await of(most, 'augment: [{ type: bpe-dropout, rate: 0.9 }]');
    for (const input of ['source', 'targetInput']) {
      expect(Math.max(...lengths(bound, input))).toBeLessThanOrEqual(most);
      expect(lengths(bound, input)).not.toEqual(lengths(plain, input));
    }
  });

  it('cuts texts to classify and their contexts, and texts with values', async () => {
    const classes = await prepared(`task: classification
data: { source: { file: texts.tsv, columns: { text: 0, context: 1, label: 2 } } }
text: ${bpe}
model: { context: { encoder: { type: recurrent } } }
training: { ${dropout} }
`);
    expectRecut(epochs(classes, classes.reads!, 'source'), english);
    expectRecut(epochs(classes, classes.reads!, 'context'), german);
    const values = await prepared(`task: regression
data: { source: { file: texts.tsv, text: 0, values: [4] } }
text: ${bpe}
training: { ${dropout} }
`);
    expectRecut(epochs(values, values.reads!, 'source'), english);
  });

  it('cuts texts before they are masked or corrupted, and those of a language model', async () => {
    const of = (task: string) =>
      prepared(`task: ${task}
data: { source: { file: texts.tsv } }
text: ${bpe}
training: { ${dropout} }
`);
    const language = await of('language-model');
    expectRecut(epochs(language, language.reads!, 'targetInput', 1), english);

    const masked = await of('masked-language-model');
    const restored = [0, 1, 2].map((number) => {
      const feeds = batchOf(masked, number, 100);
      const ids = feeds['source']!.data as Int32Array;
      feeds['maskedRows']!.data.forEach((row, i) => (ids[Number(row)] = Number(feeds['masked']!.data[i])));
      return textRows(feeds, 'source').map((row) => ({
        ids: row.join(),
        length: row.length,
        text: spelling(masked.reads!, row),
      }));
    });
    expectRecut(restored, english);

    const denoising = await of('denoising');
    const { vocabulary } = denoising.reads!;
    const whole = [0, 1, 2].map((number) => {
      const feeds = batchOf(denoising, number, 100);
      const targets = textRows(feeds, 'targetInput');
      return textRows(feeds, 'source').map((source, b) => {
        const spans = new Map<number, number[]>();
        let span: number[] = [];
        for (const id of targets[b]!.subarray(1))
          if (id >= vocabulary.ordinaryEnd) spans.set(id, (span = []));
          else span.push(id);
        const ids = Int32Array.from(Array.from(source).flatMap((id) => spans.get(id) ?? [id]));
        return { ids: ids.join(), length: ids.length, text: spelling(denoising.reads!, ids) };
      });
    });
    expectRecut(whole, english);
  });

  it.each([
    [
      'task: classification\ndata: { source: { file: texts.tsv, columns: { label: 2 } } }\ntext: { tokenizer: unigram }',
      'training.augment.0.type is bpe-dropout, but text.tokenizer is unigram, which makes no merges to leave out; set that to bpe or byte-bpe, or leave it out',
    ],
    [
      `task: sequence-to-sequence\ndata: { source: { file: texts.tsv } }\nsource: ${bpe}\ntarget: { tokenizer: word }`,
      'is bpe-dropout, but target.tokenizer is word, which makes no merges to leave out; set that to bpe or byte-bpe, or choose the other side',
    ],
    [
      `task: language-model\ndata: { source: { text: texts.tsv } }\ntext: ${bpe}`,
      'training.augment has bpe-dropout, which cuts the texts of a table',
    ],
    [
      'task: regression\ndata: { source: { file: texts.tsv, features: [3], values: [4] } }\nmodel: { encoder: { type: mlp } }',
      'training.augment.0.type is bpe-dropout, but the model reads numbers; leave it out',
    ],
  ])('is refused where there is nothing to cut: %s', async (text, message) => {
    await expect(read(`${text}\ntraining: { ${dropout} }\n`)).rejects.toThrow(message);
  });

  it('comes first, and once', async () => {
    const text = `task: denoising
data: { source: { file: texts.tsv } }
text: ${bpe}
training: { augment: [{ type: token-dropout, rate: 0.1 }, { type: bpe-dropout, rate: 0.1 }] }
`;
    await expect(read(text)).rejects.toThrow(
      'training.augment.1.type is bpe-dropout, which cuts the tokens that others',
    );
  });
});

describe('token dropout', () => {
  const dropout = 'training: { augment: [{ type: token-dropout, rate: 0.4 }] }\n';
  const counts = (rows: readonly Int32Array[]) =>
    rows.map((row) => row.filter((id) => id === UNKNOWN).length);

  it.each([
    ['of one long text', '{ text: texts.tsv }', undefined],
    ['of texts', '{ file: texts.tsv }', START],
  ])('hides what a language model reads, not what it is to say: %s', async (_, source, first) => {
    const of = (training: string) =>
      prepared(`task: language-model
data: { source: ${source} }
model: { contextLength: 80, size: 8, heads: 2, layers: 1 }
${training}`);
    const [task, plain] = [await of(dropout), await of('')];
    for (const number of [0, 3]) {
      const [feeds, own] = [batchOf(task, number), batchOf(plain, number)];
      expect(feeds['labels']).toEqual(own['labels']);
      const [rows, before] = [feeds, own].map((each) => textRows(each, 'targetInput')) as [
        Int32Array[],
        Int32Array[],
      ];
      rows.forEach((row, b) => {
        if (first !== undefined) expect(row[0]).toBe(first);
        row.forEach((id, t) => expect([UNKNOWN, before[b]![t]]).toContain(id));
      });
      const share = counts(rows).reduce((a, b) => a + b) / rows.reduce((sum, { length }) => sum + length, 0);
      expect(Math.abs(share - 0.4)).toBeLessThan(0.1);
    }
  });

  it.each(['masked-language-model', 'denoising'])(
    'spares what stands for what is to be guessed: %s',
    async (name) => {
      const of = (training: string) =>
        prepared(`task: ${name}
data: { source: { file: texts.tsv } }
text: { tokenizer: word }
${training}`);
      const [task, plain] = [await of(dropout), await of('')];
      const { ordinaryEnd } = task.reads!.vocabulary;
      for (const number of [0, 1]) {
        const [feeds, own] = [batchOf(task, number), batchOf(plain, number)];
        const { source, ...rest } = feeds;
        const { source: before, ...same } = own;
        // Masks and spans go on changing with the epoch.
        expect(rest).toEqual(same);
        const ids = source!.data as Int32Array;
        const others = before!.data as Int32Array;
        ids.forEach((id, i) =>
          expect(others[i]! >= ordinaryEnd ? [others[i]] : [UNKNOWN, others[i]]).toContain(id),
        );
        expect(ids.filter((id) => id === UNKNOWN).length).toBeGreaterThan(
          others.filter((id) => id === UNKNOWN).length + 5,
        );
      }
    },
  );

  it('hides sources of CTC and texts with values', async () => {
    const ctc = await prepared(`task: ctc\ndata: { source: { file: rows.tsv } }\n${dropout}`);
    expect(Math.max(...counts(textRows(batchOf(ctc, 0), 'source')))).toBeGreaterThan(1);
    const values = await prepared(`task: regression
data: { source: { file: texts.tsv, text: 0, values: [4] } }
${dropout}`);
    expect(Math.max(...counts(textRows(batchOf(values, 0), 'source')))).toBeGreaterThan(5);
  });
});

it('adds noise to features, alone and beside texts', async () => {
  const noise = 'training: { augment: [{ type: noise, deviation: 0.1 }] }\n';
  const alone = `task: regression
data: { source: { file: texts.tsv, features: [3], values: [4] } }
model: { encoder: { type: mlp } }
`;
  const beside = `task: regression
data: { source: { file: texts.tsv, text: 0, features: [3], values: [4] } }
model: { context: { encoder: { type: mlp } } }
`;
  for (const text of [alone, beside]) {
    const [task, plain] = [await prepared(text + noise), await prepared(text)];
    const [noisy, clear] = [epoch(task, 0, 'vector'), epoch(plain, 0, 'vector')];
    const differences = clear.map((value, i) => Math.abs(value - noisy[i]!));
    expect(Math.min(...differences)).toBeGreaterThan(0);
    expect(Math.max(...differences)).toBeLessThan(0.5);
    expect(epoch(task, 0, 'values')).toEqual(epoch(plain, 0, 'values'));
  }
  await expect(
    read(`task: regression\ndata: { source: { file: texts.tsv, text: 0, values: [4] } }\n${noise}`),
  ).rejects.toThrow('training.augment.0.type is noise, but the model reads texts; leave it out');
});
