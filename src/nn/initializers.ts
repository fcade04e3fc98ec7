import { randomNormal, randomUniform } from '../tensor/random.js';

/** Draws the first values of a parameter of the given shape from the stream of `key` (see tensor/random). */
export type Initializer = (shape: readonly number[], key: number) => Float32Array;

function draw(shape: readonly number[], value: (index: number) => number): Float32Array {
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i));
}

export const zeros: Initializer = (shape) => draw(shape, () => 0);
export const ones: Initializer = (shape) => draw(shape, () => 1);

/** Uniform in [−bound, bound). */
export function uniform(bound: number): Initializer {
  return (shape, key) => draw(shape, (i) => (2 * randomUniform(key, i) - 1) * bound);
}

/** Normal with mean 0. */
export function gaussian(deviation: number): Initializer {
  return (shape, key) => draw(shape, (i) => randomNormal(key, i) * deviation);
}

/** Uniform in ±1/√fan: PyTorch's default for linear (fan = inputs) and recurrent layers (fan = hidden units). */
export function fanUniform(fan: number): Initializer {
  return uniform(1 / Math.sqrt(fan));
}
