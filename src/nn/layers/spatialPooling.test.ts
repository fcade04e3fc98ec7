import { describe, expect, it } from 'vitest';
import { checkFixture } from '../../../test/support/fixtureCheck.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { relu, sub } from '../../ops/elementwise.js';
import { input, type Tensor } from '../../tensor/tensor.js';
import { AveragePool, GlobalAveragePool, MaxPool } from './spatialPooling.js';

const overlapping = { stride: 2, padding: 1 };

// Whole numbers from 0 to 3, so that many tie: the first one gets the gradient.
const pools: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  'max-pool-1d': (x) => new MaxPool(3).forward(x),
  'max-pool-tiling': (x) => new MaxPool(2).forward(x),
  'max-pool-overlapping': (x) => new MaxPool([3, 3], overlapping).forward(x),
  'relu-max-pool': (x) => new MaxPool(2).forward(relu(sub(x, 1))),
  'average-pool': (x) => new AveragePool(3, overlapping).forward(x),
  'global-average-pool': (x) => new GlobalAveragePool().forward(x),
};

describe.each(Object.entries(pools))('%s', (name, pool) => {
  it.each([
    ['float64', 1e-8],
    ['float32', 1e-5],
  ] as const)('is PyTorch’s, gradient included, in %s', async (precision, tolerance) => {
    const fixture = readFixture(`convolution/${name}`);
    const x = input('x', 'float32', ['batch', ...fixture['x']!.shape.slice(1)]);
    await checkFixture({ fixture, outputs: { y: pool(x) }, variables: { x } }, precision, tolerance);
  });
});

it('refuses what cannot be', () => {
  const x = input('x', 'float32', ['batch', 2, 4, 'width']);
  expect(() => new MaxPool(0)).toThrow('MaxPool: window is 0; it must be a whole number from 1.');
  expect(() => new MaxPool(2, { stride: 0 })).toThrow('MaxPool: stride is 0');
  expect(() => new AveragePool(2, { padding: 0.5 })).toThrow('AveragePool: padding is 0.5');
  expect(() => new MaxPool(2, { padding: 2 }).forward(x)).toThrow('more than half of the window 2 × 2');
  expect(() => new MaxPool(2).forward(x)).toThrow("the size of 'width'");
  expect(() => new MaxPool([2]).forward(x)).toThrow('give a size for each axis');
  expect(() => new MaxPool(2).forward(input('y', 'float32', ['batch', 2]))).toThrow('takes [batch, channels');
  expect(() => new GlobalAveragePool().forward(input('z', 'float32', ['batch', 2]))).toThrow('takes [batch');
});
