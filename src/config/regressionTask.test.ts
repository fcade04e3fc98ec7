import { describe, expect, it } from 'vitest';
import { initialValues } from '../../test/support/seq2seqCases.js';
import { parametersOf } from '../nn/module.js';
import { parseConfig } from './parseConfig.js';
import type { RegressionConfig } from './regressionSchema.js';
import { buildRegressionTask } from './regressionTask.js';
import type { ValuedExamples } from './valuedExamples.js';

const numbers = `
task: regression
data: { source: { file: boxes.csv, features: [a, b], values: [c], header: true } }
model: { encoder: { type: mlp, hiddenSizes: [5, 4] } }
training: { steps: 3 }
`;
const texts = `
task: regression
data: { source: { file: reviews.tsv, text: 0, values: [1] } }
model: { encoder: { embeddingSize: 4, hiddenSize: 6 } }
training: { steps: 3 }
`;
const configs = { numbers, texts };
const parse = (text: string, ...overrides: string[]) =>
  parseConfig(text, 'x.yaml', overrides) as RegressionConfig;

const origins = (count: number) => Array.from({ length: count }, (_, i) => `x: line ${i + 1}`);
const rows = (count: number): ValuedExamples => ({
  texts: undefined,
  features: { names: ['a', 'b'], values: Float64Array.from({ length: 2 * count }, (_, i) => i ** 2) },
  values: { names: ['c'], values: Float64Array.from({ length: count }, (_, i) => 1000 + 10 * i) },
  origins: origins(count),
});
const reviews = (...each: string[]): ValuedExamples => ({
  texts: each,
  features: undefined,
  values: { names: ['column 1'], values: Float64Array.from(each, (text) => text.length) },
  origins: origins(each.length),
});

it('scales features and values by the training split alone', () => {
  const task = buildRegressionTask(parse(numbers), { train: rows(9), validation: rows(50), test: rows(0) });
  expect(task.encoding.values.scaler.means).toEqual([1040]);
  expect(task.encoding.features!.names).toEqual(['a', 'b']);
  expect(Object.keys(task.files)).toEqual(['scaling.json', 'scaling.features.json']);
  expect(task.heldOut).toEqual({ validation: 50, test: undefined });
  const { vector, values } = task.train.batch(Int32Array.of(4));
  expect(vector!.shape).toEqual([1, 2]);
  expect(values!.data[0]).toBe(0);
});

it('builds a perceptron, radial basis functions, and readers of texts', () => {
  const shape = (config: RegressionConfig, train: ValuedExamples, name: string) => {
    const { model } = buildRegressionTask(config, { train, validation: rows(0), test: rows(0) });
    return parametersOf(model).get(name)!.shape;
  };
  expect(shape(parse(numbers), rows(9), 'output.weight')).toEqual([1, 4]);
  const rbf = parse(numbers, 'model.encoder={ type: rbf, units: 3 }');
  expect(shape(rbf, rows(9), 'encoder.module.centres')).toEqual([3, 2]);
  expect(shape(rbf, rows(9), 'output.weight')).toEqual([1, 3]);
  const pooled = parse(texts, 'model.pooling=attention');
  expect(shape(pooled, reviews('good', 'bad'), 'output.weight')).toEqual([1, 6]);
});

it('has radial basis functions start where the data are', () => {
  const config = parse(numbers, 'model.encoder={ type: rbf, units: 9 }');
  const { model, encoding } = buildRegressionTask(config, {
    train: rows(9),
    validation: rows(0),
    test: rows(0),
  });
  const centres = initialValues(parametersOf(model), 1)['encoder.module.centres']!;
  const known = encoding.features!.scaler.transform(rows(9).features!.values);
  const sorted = (values: ArrayLike<number>) => Array.from(values, (x) => Number(x.toFixed(5))).sort();
  expect(sorted(centres.values)).toEqual(sorted(known));
});

describe('what does not fit', () => {
  it('names a text that is empty or too long', () => {
    const config = parse(texts, 'model.encoder={ type: transformer, positions: learned, maxLength: 3 }');
    const build = (...each: string[]) =>
      buildRegressionTask(config, { train: reviews(...each), validation: reviews(), test: reviews() });
    expect(() => build('bad', 'good')).toThrow(
      'x: line 2: the text has 4 tokens, the model has positions for 3',
    );
    expect(() => build('bad', '')).toThrow('x: line 2: the source has no character in it');
    expect(() => build()).toThrow('data.split leaves nothing to train on');
  });

  it.each<['numbers' | 'texts', string, RegExp]>([
    [
      'numbers',
      'model.encoder={ type: recurrent }',
      /model\.encoder\.type is recurrent, but data\.source has features; use mlp/,
    ],
    [
      'texts',
      'model.encoder={ type: mlp }',
      /model\.encoder\.type is mlp, but data\.source has texts; use recurrent/,
    ],
    [
      'numbers',
      'data.test={ file: x.tsv, text: 0, values: [1] }',
      /data\.test must hold features, as data\.source does/,
    ],
    [
      'texts',
      'training={ loss: mae, delta: 2 }',
      /training\.delta is for Huber’s loss, but training\.loss is mae/,
    ],
    [
      'numbers',
      'model.encoder={ type: mlp, hiddenSizes: [] }',
      /hiddenSizes is \[\]; it must have at least one entry/,
    ],
    [
      'numbers',
      'data.source={ file: x.tsv, values: [1] }',
      /data\.source needs one of the keys text, features/,
    ],
    ['texts', 'data.source.features=[2]', /data\.source/],
    ['texts', 'training.validation.stopOn=mse', /stopOn is mse, which .* does not measure/],
  ])('of %s: %s', (kind, override, message) => {
    expect(() => parse(configs[kind], override)).toThrow(message);
  });
});
