import { describe, expect, it } from 'vitest';
import * as initializers from './initializers.js';
import type { Initializer } from './initializers.js';

function draw(initializer: Initializer, shape: readonly number[], key = 7): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  initializer(values, key, shape);
  return values;
}

const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: Float32Array) => Math.sqrt(values.reduce((a, b) => a + b * b, 0) / values.length);

describe('initializers', () => {
  const { uniform, gaussian, fanUniform, xavierUniform, xavierGaussian, kaimingUniform, kaimingGaussian } =
    initializers;
  // PyTorch's formulas for a weight [300, 100]: fan-in 100, fan-out 300.
  it.each([
    { name: 'uniform', initializer: uniform(0.3), expected: 0.3 / Math.sqrt(3), bound: 0.3 },
    { name: 'gaussian', initializer: gaussian(0.3), expected: 0.3, bound: Infinity },
    { name: 'fanUniform', initializer: fanUniform(100), expected: 0.1 / Math.sqrt(3), bound: 0.1 },
    {
      name: 'xavierUniform',
      initializer: xavierUniform,
      expected: Math.sqrt(2 / 400),
      bound: Math.sqrt(6 / 400),
    },
    { name: 'xavierGaussian', initializer: xavierGaussian, expected: Math.sqrt(2 / 400), bound: Infinity },
    {
      name: 'kaimingUniform',
      initializer: kaimingUniform,
      expected: Math.sqrt(2 / 100),
      bound: Math.sqrt(6 / 100),
    },
    { name: 'kaimingGaussian', initializer: kaimingGaussian, expected: Math.sqrt(2 / 100), bound: Infinity },
  ])('$name has mean 0 and the deviation of its formula', ({ initializer, expected, bound }) => {
    const values = draw(initializer, [300, 100]);
    // Five standard errors of 30,000 draws.
    expect(Math.abs(mean(values))).toBeLessThan((5 * expected) / Math.sqrt(values.length));
    expect(Math.abs(deviation(values) / expected - 1)).toBeLessThan(5 / Math.sqrt(values.length));
    expect(values.every((value) => Math.abs(value) <= bound)).toBe(true);
    expect(draw(initializer, [300, 100])).toEqual(values);
    expect(draw(initializer, [300, 100], 8)).not.toEqual(values);
  });

  it.each([
    [6, 10],
    [10, 6],
    [7, 7],
  ])('orthogonal makes the shorter side of [%i, %i] orthonormal', (rows, columns) => {
    const values = draw(initializers.orthogonal(2), [rows, columns]);
    const at = (vector: number, i: number) =>
      rows <= columns ? values[vector * columns + i]! : values[i * columns + vector]!;
    const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
    for (let a = 0; a < count; a++)
      for (let b = 0; b < count; b++) {
        let product = 0;
        for (let i = 0; i < length; i++) product += at(a, i) * at(b, i);
        expect(product).toBeCloseTo(a === b ? 4 : 0, 5);
      }
  });

  it('given takes vectors of the right number', () => {
    expect(draw(initializers.given([1, 2, 3, 4]), [2, 2])).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(() => draw(initializers.given([1, 2]), [2, 2])).toThrow(
      '2 values were given for a parameter [2, 2] of 4',
    );
  });

  it('fans need two axes', () => {
    expect(() => draw(xavierUniform, [5])).toThrow('[5] has no fan-in and fan-out');
    expect(draw(initializers.zeros, [3])).toEqual(Float32Array.of(0, 0, 0));
    expect(draw(initializers.ones, [3])).toEqual(Float32Array.of(1, 1, 1));
  });
});
