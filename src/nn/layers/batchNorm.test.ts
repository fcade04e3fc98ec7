import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { checkFixture } from '../../../test/support/fixtureCheck.js';
import { evaluate, type Values } from '../../../test/support/evaluate.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { gradients } from '../../autodiff/gradients.js';
import { square } from '../../ops/elementwise.js';
import { sum } from '../../ops/reduce.js';
import { UserError } from '../../tensor/errors.js';
import { input, type Tensor } from '../../tensor/tensor.js';
import { collectUpdates, inTraining } from '../mode.js';
import { parametersOf } from '../module.js';
import { BatchNorm } from './batchNorm.js';

const precisions = [
  ['float64', 1e-8],
  ['float32', 1e-5],
] as const;

/** The layer of a fixture in training mode, with what it makes of the running statistics. */
function train(fixture: Values, mask?: Tensor) {
  const [, channels, ...space] = fixture['x']!.shape;
  const layer = new BatchNorm(channels!);
  parametersOf(layer);
  const sizes = mask ? ['time'] : space;
  const x = input('x', 'float32', ['batch', channels!, ...sizes]);
  const { result: y, updates } = collectUpdates(() => inTraining(() => layer.forward(x, mask)));
  const { weight, bias } = layer;
  const after = { mean: updates.get(layer.runningMean)!, variance: updates.get(layer.runningVariance)! };
  return { y, after, variables: { x, weight, bias } };
}

describe.each(['batch-norm-1d', 'batch-norm-2d', 'batch-norm-masked'])('%s', (name) => {
  it.each(precisions)('is PyTorch’s in training, gradients included, in %s', async (precision, tolerance) => {
    const fixture = readFixture(`convolution/${name}`);
    const mask = fixture['mask'] && input('mask', 'bool', ['batch', 'time']);
    const { y, after, variables } = train(fixture, mask);
    const inputs: Values = mask ? { mask: fixture['mask']! } : {};
    await checkFixture({ fixture, outputs: { y }, variables, inputs }, precision, tolerance);
    const before = {
      runningMean: fixture['before.mean']!,
      runningVariance: fixture['before.variance']!,
    };
    const results = await evaluate(after, { ...fixture, ...before }, { precision });
    for (const key of ['mean', 'variance'])
      expectClose(results[key], fixture[`after.${key}`], tolerance, `running ${key}`);
  });
});

it.each(precisions)('uses the running statistics in evaluation, in %s', async (precision, tolerance) => {
  const fixture = readFixture('convolution/batch-norm-evaluation');
  const layer = new BatchNorm(2);
  parametersOf(layer);
  const x = input('x', 'float32', ['batch', 2, 'time']);
  const { weight, bias } = layer;
  const inputs = {
    runningMean: fixture['runningMean']!,
    runningVariance: fixture['runningVariance']!,
  };
  const outputs = { y: layer.forward(x) };
  await checkFixture({ fixture, outputs, variables: { x, weight, bias }, inputs }, precision, tolerance);
});

it('gives zeros and finite gradients where nothing is real, for one value, and for huge ones', async () => {
  const layer = new BatchNorm(1);
  parametersOf(layer);
  const x = input('x', 'float32', ['batch', 1, 'time']);
  const mask = input('mask', 'bool', ['batch', 'time']);
  const { result: y, updates } = collectUpdates(() => inTraining(() => layer.forward(x, mask)));
  const [dx, dWeight] = gradients(sum(square(y)), [x, layer.weight]);
  const outputs = {
    y,
    dx: dx!,
    dWeight: dWeight!,
    mean: updates.get(layer.runningMean)!,
    variance: updates.get(layer.runningVariance)!,
  };
  const one = { shape: [1], values: [1] };
  const parameters = { weight: one, bias: one, runningMean: one, runningVariance: one };
  const run = (values: number[], real: number[]) => {
    const shape = [1, 1, values.length];
    return evaluate(outputs, {
      ...parameters,
      x: { shape, values },
      mask: { shape: [1, values.length], values: real },
    });
  };
  const none = await run([3, -2], [0, 0]);
  for (const name of ['y', 'dx']) expect(none[name]!.values.map(Math.abs), name).toEqual([0, 0]);
  for (const results of [none, await run([5], [1]), await run([1e15, -1e15, 7], [1, 1, 0])])
    for (const [name, { values }] of Object.entries(results))
      expect(values.every(Number.isFinite), name).toBe(true);
});

it('applied twice, takes both into the running statistics', async () => {
  const layer = new BatchNorm(1);
  parametersOf(layer);
  const [a, b] = ['a', 'b'].map((name) => input(name, 'float32', ['batch', 1, 1])) as [Tensor, Tensor];
  const { updates } = collectUpdates(() => inTraining(() => [layer.forward(a), layer.forward(b)]));
  const value = (...values: number[]) => ({ shape: [2, 1, 1], values });
  const one = { shape: [1], values: [1] };
  const { mean } = await evaluate(
    { mean: updates.get(layer.runningMean)! },
    { a: value(9, 11), b: value(19, 21), runningMean: one, weight: one, bias: one },
  );
  expect(mean!.values[0]).toBeCloseTo(0.9 * (0.9 * 1 + 0.1 * 10) + 0.1 * 20, 5);
});

it('refuses what cannot be', () => {
  expect(() => new BatchNorm(0)).toThrow(
    new UserError('BatchNorm: channels is 0; it must be a whole number from 1.'),
  );
  expect(() => new BatchNorm(2, { momentum: 0 })).toThrow('BatchNorm: momentum is 0');
  expect(() => new BatchNorm(2, { epsilon: 0 })).toThrow('BatchNorm: epsilon is 0');
  const x = input('x', 'float32', ['batch', 3, 'time']);
  expect(() => inTraining(() => new BatchNorm(2).forward(x))).toThrow('do not fit the channels');
  const mask = input('mask', 'bool', ['batch', 4]);
  expect(() => new BatchNorm(3).forward(x, mask)).toThrow('it must be [batch, time]');
});
