import { describe, expect, it } from 'vitest';
import { checkFixture, parametersByFixtureName } from '../../../test/support/fixtureCheck.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { input } from '../../tensor/tensor.js';
import { LayerNorm } from './layerNorm.js';

describe('LayerNorm', () => {
  it.each([
    ['float64', 1e-8],
    ['float32', 1e-5],
  ] as const)('is PyTorch’s in %s', async (precision, tolerance) => {
    const fixture = readFixture(`layer_norm/${precision}`);
    const norm = new LayerNorm(6);
    const x = input('x', 'float32', ['batch', 'time', 6]);
    const variables = { ...parametersByFixtureName(norm, fixture), x };
    await checkFixture({ fixture, outputs: { y: norm.forward(x) }, variables }, precision, tolerance);
  });

  it('names the layer and the sizes when the input does not fit', () => {
    const norm = new LayerNorm(6);
    norm.attach('encoder.norm');
    expect(() => norm.forward(input('x', 'float32', ['batch', 4]))).toThrow(
      'encoder.norm: layerNorm: scale float32[6] and shift float32[6] do not fit the features of float32[batch, 4].',
    );
  });
});
