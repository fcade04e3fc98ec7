import type { StandardScaler } from '../data/standardScaler.js';
import { describe, expect, it } from 'vitest';
import type { NumberTable } from '../data/numberTable.js';
import { RNNCell } from '../nn/layers/cells.js';
import { modulesOf, parametersOf } from '../nn/module.js';
import type { ForecastingConfig } from './forecastingSchema.js';
import { buildForecastingTask, splitRows } from './forecastingTask.js';
import { parseConfig } from './parseConfig.js';

const text = `
task: forecasting
data: { source: { file: waves.csv, columns: [a, b] }, split: { validation: 0.2, test: 0.1 } }
model: { window: 8, horizon: 3 }
training: { epochs: 2, batchSize: 16 }
`;
const parse = (...overrides: string[]) => parseConfig(text, 'waves.yaml', overrides) as ForecastingConfig;

/** Two variables: the second is a hundred times the first. */
const table = (rows: number): NumberTable => ({
  names: ['a', 'b'],
  values: Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? 100 : 1) * Math.sin((i >> 1) / 3)),
  origins: Array.from({ length: rows }, (_, i) => `waves.csv: line ${i + 1}`),
});

it('cuts by time, scales by the training rows, and lets later parts read the rows before them', () => {
  const rows = table(100);
  rows.values.fill(1e6, 2 * 70);
  const task = buildForecastingTask(parse(), rows);
  expect(task.train.count).toBe(70 - 8 - 3 + 1);
  expect([task.validation!.count, task.test!.count]).toEqual([20 - 3 + 1, 10 - 3 + 1]);
  expect(task.heldOut).toEqual({ validation: 18, test: 8 });
  const { means, deviations } = task.scaling.scaler as StandardScaler;
  expect(deviations[1]! / deviations[0]!).toBeCloseTo(100, 8);
  expect(Math.abs(means[0]!)).toBeLessThan(1);
  const { changes } = task.scaling;
  expect(task.files).toEqual({ 'scaling.json': { names: ['a', 'b'], means, deviations, changes } });
  expect(task.steps).toBe(2 * Math.ceil(60 / 16));
  // The first validation window reads the last training rows.
  const { series, future } = task.validation!.batch(Int32Array.of(0));
  expect(Math.max(...(series!.data as Float32Array))).toBeLessThan(2);
  expect(Math.min(...(future!.data as Float32Array))).toBeGreaterThan(1e3);
});

it('takes shares, numbers of rows, and both', () => {
  const rows = (split: string, count = 100) => {
    const { train, validation, test } = splitRows(parse(`data.split=${split}`), count);
    return [train[1], validation[1], test[1]];
  };
  expect(rows('{ train: 50, validation: 10, test: 20 }')).toEqual([50, 60, 80]);
  expect(rows('{ train: 0.5, validation: 10, test: 20 }')).toEqual([50, 60, 80]);
  expect(rows('{ validation: 0, test: 20 }')).toEqual([80, 80, 100]);
  expect(rows('{ train: 0.7, validation: 0.1, test: 0.2 }', 15)).toEqual([10, 12, 15]);
  expect(() => rows('{ train: 80, validation: 20, test: 20 }')).toThrow(
    'data.split asks for 120 rows, the table has 100',
  );
  expect(() => rows('{ validation: 50, test: 50 }')).toThrow('data.split asks for 101 rows');
});

it.each([
  ['linear', 'output.weight', [3, 8]],
  ['recurrent', 'output.weight', [6, 64]],
  ['transformer', 'encoder.layers.1.selfAttention.query.weight', [64, 64]],
  ['recurrent-decoder', 'output.weight', [2, 64]],
])('builds a model: %s', (type, name, shape) => {
  const { model } = buildForecastingTask(parse(`model.type=${type}`), table(100));
  expect(parametersOf(model).get(name)!.shape).toEqual(shape);
  expect([model.variables, model.horizon]).toEqual([2, 3]);
});

it('builds Elman networks with relu', () => {
  for (const type of ['recurrent', 'recurrent-decoder']) {
    const model = `model={ type: ${type}, cell: rnn, activation: relu, window: 8, horizon: 3 }`;
    const modules = [...modulesOf(buildForecastingTask(parse(model), table(100)).model).values()];
    const activations = modules.flatMap((each) => (each instanceof RNNCell ? [each.activation] : []));
    expect(new Set(activations)).toEqual(new Set(['relu']));
  }
  expect(() => parse('model={ type: recurrent, activation: relu }')).toThrow(
    /model\.activation is for the cell rnn, but model\.cell is lstm, whose activations are fixed; leave it out/,
  );
});

it('says which part is too short for a window', () => {
  expect(() => buildForecastingTask(parse(), table(14))).toThrow(
    'train: too short: 10 rows, but a window of 8 and a horizon of 3 need 11',
  );
  expect(() => buildForecastingTask(parse('data.split={ validation: 20, test: 2 }'), table(100))).toThrow(
    'test: too short: 10 rows',
  );
});

describe('what does not go together', () => {
  it.each([
    ['data.split.train=2.5', /data\.split\.train is 2\.5; it must be a share below 1, or a whole number/],
    ['data.split={ validation: 0.5, test: 0.5 }', /has shares of 1 in all; they must leave something/],
    ['data.split.train=0', /data\.split\.train is 0; give something to train on/],
    ['training.delta=2', /training\.delta is for Huber’s loss, but training\.loss is mse/],
    ['model={ type: transformer, size: 6 }', /model\.size is 6; it must be a multiple of model\.heads \(4\)/],
    ['model={ type: transformer, size: 12, positions: rotary }', /model\.heads is 4; rotary positions need/],
    ['model={ type: recurrent-decoder, dropout: 0.1 }', /model\.dropout lies between the layers/],
    ['training.scheduledSampling={ type: linear, steps: 9 }', /recurrent-decoder .* model\.type is linear/],
    ['training.validation.metrics=[mse]', /stopOn is loss, which training\.validation\.metrics \(mse\)/],
    ['model.type=lstm', /model\.type is "lstm"/],
    ['data.source.separator=colon', /data\.source\.separator is "colon".*tab.*comma/],
  ])('%s', (override, message) => {
    expect(() => parse(override)).toThrow(message);
  });
});
