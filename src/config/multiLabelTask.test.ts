import { describe, expect, it } from 'vitest';
import { modulesOf, parametersOf } from '../nn/module.js';
import type { LabelledRows } from './labelledRows.js';
import type { MultiLabelConfig } from './multiLabelSchema.js';
import { buildMultiLabelTask, labelsIn, saidLabels } from './multiLabelTask.js';
import { parseConfig } from './parseConfig.js';

const text = `
task: multi-label
data: { source: { file: mail.tsv } }
text: { tokenizer: word }
model: { encoder: { embeddingSize: 4, hiddenSize: 6 } }
training: { steps: 3 }
`;
const parse = (...overrides: string[]) => parseConfig(text, 'mail.yaml', overrides) as MultiLabelConfig;
const rows = (...each: [string, string][]): LabelledRows => ({
  texts: each.map(([own]) => own),
  features: undefined,
  labels: each.map(([, labels]) => labels),
  origins: each.map((_, i) => `mail.tsv: line ${i + 1}`),
});
const data = {
  train: rows(['win a prize', 'urgent, spam'], ['see you', ''], ['now', 'urgent']),
  validation: rows(['a prize now', 'spam,urgent']),
  test: rows(),
};

it('finds the labels of a cell, each once', () => {
  expect(labelsIn(' a, b c ,a,, ', ',')).toEqual(['a', 'b c']);
  expect(labelsIn('a|b', '|')).toEqual(['a', 'b']);
  expect(labelsIn(' ', ',')).toEqual([]);
});

it('feeds 1 for each label that an example has, and 0 for the others', () => {
  const task = buildMultiLabelTask(parse(), data);
  expect(task.encoding.labels.names).toEqual(['spam', 'urgent']);
  expect(task.train.batch(Int32Array.of(0, 1, 2))['classes']).toEqual({
    dtype: 'float32',
    shape: [3, 2],
    data: Float32Array.of(1, 1, 0, 0, 0, 1),
  });
  expect(task.facts.data).toBe('3 texts with 1.0 of 2 labels each');
  expect(task.heldOut).toEqual({ validation: 1, test: undefined });
  expect(Object.keys(task.files).sort()).toEqual(['classes.json', 'tokenizer.json']);
  const other = buildMultiLabelTask(parse(), {
    ...data,
    train: rows(['win a prize', 'urgent, spam'], ['see you', 'spam'], ['now', 'urgent']),
  });
  expect(other.fingerprint).not.toBe(task.fingerprint);
});

it('reads bags of words and columns of numbers too', () => {
  const bag = parse('text=null', 'model.encoder={ type: bag-of-words, minTexts: 1 }');
  expect(buildMultiLabelTask(bag, data).facts.model).toBe('7 terms');
  const numbers = parse(
    'data.source.columns={ features: [2, 3], label: 1 }',
    'model.encoder={ type: rbf, units: 3 }',
  );
  const features = { names: ['a', 'b'], values: Float64Array.of(1, 2, 3, 5, 8, 13) };
  const train = { ...data.train, texts: undefined, features };
  const { model, files } = buildMultiLabelTask(numbers, { train, validation: rows(), test: rows() });
  expect(parametersOf(model).get('encoder.module.centres')!.shape).toEqual([3, 2]);
  expect(Object.keys(files)).toEqual(['classes.json', 'scaling.features.json']);
  expect(modulesOf(model).size).toBeGreaterThan(1);
});

it('says what is likely enough, the likeliest first', () => {
  const { encoding } = buildMultiLabelTask(parse(), data);
  expect(saidLabels(encoding, [0.5, 0.9], 0.5)).toEqual([
    { label: 'urgent', probability: 0.9 },
    { label: 'spam', probability: 0.5 },
  ]);
  expect(saidLabels(encoding, [0.5, 0.9], 0.6).map(({ label }) => label)).toEqual(['urgent']);
});

describe('what does not fit', () => {
  it.each<[string, Partial<typeof data>, string[]]>([
    ['mail.tsv: line 1: the label "late" does not occur', { validation: rows(['now', 'late']) }, []],
    ['the training data have no label. Check the column', { train: rows(['now', '']) }, []],
    ['data.split leaves nothing to train on', { train: rows() }, []],
  ])('%s', (message, odd, overrides) => {
    expect(() => buildMultiLabelTask(parse(...overrides), { ...data, ...odd })).toThrow(message);
  });

  it.each<[string, RegExp]>([
    ['decoding.threshold=1', /decoding\.threshold is 1; it must be below 1/],
    ['data.labelSeparator=""', /data\.labelSeparator is ""/],
    ['data.source.columns={ features: [2] }', /columns\.label is missing; name the column of the labels/],
    ['model.encoder={ type: mlp }', /model\.encoder\.type is mlp, but data\.source has texts/],
    ['model.encoder={ type: image }', /model\.encoder\.type is "image"/],
    ['data.split.stratify=true', /data\.split\.stratify is a key of the task/],
    ['training.validation.metrics=[accuracy]', /accuracy/],
  ])('refuses %s', (override, message) => {
    expect(() => parse(override)).toThrow(message);
  });
});
