import { describe, expect, it } from 'vitest';
import { checkFixture, parametersByFixtureName } from '../../../test/support/fixtureCheck.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { input } from '../../tensor/tensor.js';
import { parametersOf } from '../module.js';
import { Linear } from './linear.js';

describe('Linear', () => {
  it.each([
    ['float64', 1e-8],
    ['float32', 1e-5],
  ] as const)('is PyTorch’s in %s', async (precision, tolerance) => {
    const fixture = readFixture(`linear/${precision}`);
    const linear = new Linear(5, 6);
    const x = input('x', 'float32', ['batch', 'time', 5]);
    const variables = { ...parametersByFixtureName(linear, fixture), x };
    await checkFixture({ fixture, outputs: { y: linear.forward(x) }, variables }, precision, tolerance);
  });

  it('starts uniform in ±1/√input, and has a bias unless told', () => {
    const { weight, bias } = new Linear(16, 100);
    const values = new Float32Array(weight.size);
    weight.initializer(values, 1, weight.shape);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.25);
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.24);
    expect(bias!.shape).toEqual([100]);
    expect([...parametersOf(new Linear(2, 3, { bias: false })).keys()]).toEqual(['weight']);
  });

  it('names the layer and the sizes when the input does not fit', () => {
    const linear = new Linear(5, 6);
    linear.attach('decoder.output');
    expect(() => linear.forward(input('x', 'float32', ['batch', 7]))).toThrow(
      'decoder.output: linear: the weight float32[6, 5] takes 5 features, the input is float32[batch, 7].',
    );
  });
});
