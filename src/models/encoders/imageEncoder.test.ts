import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../test/support/evaluate.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { parametersOf } from '../../nn/module.js';
import { UserError } from '../../tensor/errors.js';
import { input } from '../../tensor/tensor.js';
import { ImageEncoder } from './imageEncoder.js';

const options = {
  channels: 2,
  height: 7,
  width: 6,
  blocks: [
    { channels: 3, pool: 2 },
    { channels: 4, kernel: 1 },
  ],
};
const images = input('images', 'float32', ['batch', 2, 7, 6]);

describe.each([
  ['plain', {}],
  ['normalised', { batchNorm: true }],
  ['residual', { residual: true, batchNorm: true }],
])('%s', (_, more) => {
  it('gives the same places as a map, as a sequence and as one vector', async () => {
    const encoder = new ImageEncoder({ ...options, ...more });
    expect([encoder.placeSize, encoder.height, encoder.width, encoder.vectorSize]).toEqual([4, 3, 3, 36]);
    const parameters = initialValues(parametersOf(encoder));
    const values = Array.from({ length: 2 * 84 }, (_, i) => Math.sin(i));
    const outputs = {
      map: encoder.forward(images),
      places: encoder.places(images),
      vector: encoder.vector(images),
    };
    const { map, places, vector } = await evaluate(outputs, {
      ...parameters,
      images: { shape: [2, 2, 7, 6], values },
    });
    expect(map!.shape).toEqual([2, 4, 3, 3]);
    expect(vector).toEqual({ shape: [2, 36], values: map!.values });
    expect(places!.shape).toEqual([2, 9, 4]);
    for (const [b, place, channel] of [
      [0, 0, 3],
      [1, 5, 2],
    ] as const)
      expect(places!.values[(b * 9 + place) * 4 + channel]).toBe(map!.values[(b * 4 + channel) * 9 + place]);
    expect(new Set(map!.values).size).toBeGreaterThan(20);
  });
});

it('pools by the mean, and makes a vector of the mean of all places', async () => {
  const block = { channels: 1, kernel: 1, pool: 2 };
  const encoder = new ImageEncoder({
    ...{ channels: 1, height: 4, width: 4, blocks: [block] },
    ...{ pooling: 'average', globalAverage: true },
  });
  expect(encoder.vectorSize).toBe(1);
  expect(parametersOf(encoder).size).toBe(2);
  const x = input('images', 'float32', ['batch', 1, 4, 4]);
  const values = Array.from({ length: 16 }, (_, i) => i);
  const one = { shape: [1, 1, 1, 1], values: [1] };
  const { map, vector } = await evaluate(
    { map: encoder.forward(x), vector: encoder.vector(x) },
    {
      'blocks.0.convolution.weight': one,
      'blocks.0.convolution.bias': { shape: [1], values: [0] },
      images: { shape: [1, 1, 4, 4], values },
    },
  );
  expect(map).toEqual({ shape: [1, 1, 2, 2], values: [2.5, 4.5, 10.5, 12.5] });
  expect(vector).toEqual({ shape: [1, 1], values: [7.5] });
});

it('names its parameters block by block', () => {
  expect([...parametersOf(new ImageEncoder(options)).keys()]).toEqual([
    'blocks.0.convolution.weight',
    'blocks.0.convolution.bias',
    'blocks.1.convolution.weight',
    'blocks.1.convolution.bias',
  ]);
});

it('refuses what cannot be', () => {
  expect(() => new ImageEncoder({ ...options, pooling: 'min' as 'max' })).toThrow(/pooling/);
  const blocks = [
    { channels: 3, pool: 4 },
    { channels: 4, pool: 2 },
  ];
  expect(() => new ImageEncoder({ ...options, blocks })).toThrow(
    new UserError(
      'ImageEncoder: blocks[1].pool is 2, but 1 × 1 is all that is left there. Pool less, or take larger images.',
    ),
  );
  expect(() => new ImageEncoder({ ...options, blocks: [] })).toThrow('ImageEncoder: blocks is 0');
  expect(() => new ImageEncoder({ ...options, blocks: [{ channels: 3, kernel: 2 }] })).toThrow(
    'blocks[0].kernel is 2; it must be odd',
  );
  expect(() => new ImageEncoder({ ...options, height: 0 })).toThrow('height is 0');
  expect(() => new ImageEncoder(options).forward(input('x', 'float32', ['batch', 2, 6, 6]))).toThrow(
    'reshape',
  );
});
