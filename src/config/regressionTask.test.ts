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

it('scales to lie from 0 to 1 where it is asked to', () => {
  const data = { train: rows(9), validation: rows(50), test: rows(0) };
  const { encoding, files } = buildRegressionTask(parse(numbers, 'data.scaling=min-max'), data);
  expect([...encoding.values.scaler.transform([1000, 1040, 1080])]).toEqual([0, 0.5, 1]);
  const deviations = [expect.closeTo(10 * Math.sqrt(80 / 12), 9) as number];
  expect(files['scaling.json']).toEqual({
    names: ['c'],
    means: [1040],
    deviations,
    minima: [1000],
    ranges: [80],
  });
});

it('scales features and values by the training split alone', () => {
  const task = buildRegressionTask(parse(numbers), { train: rows(9), validation: rows(50), test: rows(0) });
  expect(task.encoding.values.means).toEqual([1040]);
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

describe('texts with a context', () => {
  const build = (train: ValuedExamples, ...overrides: string[]) =>
    buildRegressionTask(parse(texts, ...overrides), { train, validation: reviews(), test: reviews() });

  it('of features: scaled, through a perceptron', () => {
    const features = { names: ['a', 'b'], values: Float64Array.of(1, 10, 3, 10) };
    const task = build(
      { ...reviews('good', 'bad'), features },
      'data.source.features=[2, 3]',
      'model.context={ encoder: { type: mlp, hiddenSizes: [5] }, fusion: film }',
    );
    expect(parametersOf(task.model).get('encoder.fusion.scale.weight')!.shape).toEqual([6, 5]);
    const { vector, source } = task.train.batch(Int32Array.of(0, 1));
    expect(vector).toEqual({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(-1, 0, 1, 0) });
    expect(source!.shape).toEqual([2, 4]);
    expect(Object.keys(task.files)).toEqual(['scaling.json', 'tokenizer.json', 'scaling.features.json']);
    expect(task.facts.model).toBe('9 tokens, 2 features, 1 value');
  });

  it('of second texts: with a vocabulary of both', () => {
    const valued = { ...reviews('good', 'bad'), contexts: ['x', 'yz'] };
    const overrides = ['data.source.context=2', 'model.context={ fusion: gated, pooling: max }'];
    const task = build(valued, ...overrides);
    expect(task.encoding.text!.vocabulary.size).toBe(4 + 8);
    expect(task.train.batch(Int32Array.of(0, 1))['contextLengths']!.data).toEqual(Int32Array.of(1, 2));
    const other = build({ ...valued, contexts: ['x', 'zy'] }, ...overrides);
    expect(other.fingerprint).not.toBe(task.fingerprint);
  });

  it('of images: at the places of their convolutions', () => {
    const values = Float32Array.from({ length: 2 * 16 }, (_, i) => i / 32);
    const images = { channels: 1, height: 4, width: 4, values, names: ['a.png', 'b.png'] };
    const task = build(
      { ...reviews('good', 'bad'), images },
      'data.source.image=photo',
      'data.image={ height: 4, width: 4, channels: 1 }',
      'model.context={ encoder: { type: image, blocks: [{ channels: 3 }] }, fusion: cross-attention, heads: 2 }',
    );
    expect(parametersOf(task.model).get('encoder.fusion.attention.key.weight')!.shape).toEqual([6, 3]);
    expect(task.train.batch(Int32Array.of(1))['image']!.data).toEqual(values.slice(16));
    expect(task.facts.model).toBe('9 tokens, images of 4 × 4, 1 value');
  });

  it.each<[string[], RegExp]>([
    [['data.source.features=[2]'], /model\.context is missing, but data\.source\.features gives the texts/],
    [
      ['model.context={}'],
      /model\.context reads what stands beside a text.*give data\.source\.context, data\.source\.features or/,
    ],
    [
      ['data.source.features=[2]', 'model.context={}'],
      /model\.context\.encoder\.type is recurrent, but the context is numbers \(data\.source\.features\); use mlp/,
    ],
    [
      ['data.source.context=2', 'model.context={ encoder: { type: mlp } }'],
      /model\.context\.encoder\.type is mlp, but the context is a text/,
    ],
    [
      ['data.source.features=[2]', 'model.context={ encoder: { type: mlp }, pooling: max }'],
      /model\.context\.pooling is for texts, but the context is numbers/,
    ],
    [
      ['data.source={ file: x.tsv, text: 0, values: [1], features: [2], context: 3 }', 'model.context={}'],
      /data\.source\.context is given beside data\.source\.features; a text has one context/,
    ],
    [
      ['data.source.context=2', 'model.context={}', 'data.test={ file: t.tsv, text: 0, values: [1] }'],
      /data\.test must hold texts and contexts, as data\.source does/,
    ],
  ])('must be given in data and model: %j', (overrides, message) => {
    expect(() => parse(texts, ...overrides)).toThrow(message);
  });

  it('is nothing for features alone', () => {
    expect(() => parse(numbers, 'model.context={}')).toThrow(
      /model\.context reads what stands beside a text/,
    );
    expect(() => parse(numbers, 'data.source.context=3')).toThrow(
      /data\.source\.context is the context of texts; give their column/,
    );
  });
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
    ['texts', 'training.validation.stopOn=mse', /stopOn is mse, which .* does not measure/],
  ])('of %s: %s', (kind, override, message) => {
    expect(() => parse(configs[kind], override)).toThrow(message);
  });
});
