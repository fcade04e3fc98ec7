import { describe, expect, it } from 'vitest';
import { evaluate } from '../../test/support/evaluate.js';
import { checkFixture } from '../../test/support/fixtureCheck.js';
import { readFixture } from '../../test/support/fixtures.js';
import { gradients } from '../autodiff/gradients.js';
import { input } from '../tensor/tensor.js';
import { abs, softplus } from './elementwise.js';
import { sum } from './reduce.js';

describe('softplus', () => {
  it('is PyTorch’s, gradient included', async () => {
    const fixture = readFixture('float64_gaps/softplus');
    const x = input('x', 'float32', ['rows', 4]);
    const values = { ...fixture, x: fixture['x0']!, 'grad.x': fixture['grad.x0']! };
    await checkFixture({ fixture: values, outputs: { y: softplus(x) }, variables: { x } }, 'float64', 1e-8);
  });

  it('has its slope at 0, and is finite for the largest floats', async () => {
    const x = input('x', 'float32', [3]);
    const y = softplus(x);
    const [slope] = gradients(sum(y), [x]);
    const results = await evaluate({ y, slope: slope! }, { x: { shape: [3], values: [0, 3e38, -3e38] } });
    expect(results['slope']!.values.map(Math.abs)).toEqual([0.5, 1, 0]);
    expect(results['y']!.values).toEqual([Math.fround(Math.log(2)), Math.fround(3e38), 0]);
  });
});

it('abs has the slopes −1, 0 and 1', async () => {
  const x = input('x', 'float32', [3]);
  const [slope] = gradients(sum(abs(x)), [x]);
  const results = await evaluate({ y: abs(x), slope: slope! }, { x: { shape: [3], values: [-2, 0, 3] } });
  expect(results['y']!.values).toEqual([2, 0, 3]);
  // Adding 0 turns −0 into 0.
  expect(results['slope']!.values.map((value) => value + 0)).toEqual([-1, 0, 1]);
});
