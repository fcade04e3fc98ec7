import { randomNormal, randomUniform } from '../tensor/random.js';

/** Writes the first values of a parameter, drawn from the stream of `key` (see tensor/random). */
export type Initializer = (values: Float32Array, key: number) => void;

export const zeros: Initializer = (values) => void values.fill(0);
export const ones: Initializer = (values) => void values.fill(1);

/** Uniform in [−bound, bound). */
export function uniform(bound: number): Initializer {
  return (values, key) => {
    for (let i = 0; i < values.length; i++) values[i] = (2 * randomUniform(key, i) - 1) * bound;
  };
}

/** Normal with mean 0. */
export function gaussian(deviation: number): Initializer {
  return (values, key) => {
    for (let i = 0; i < values.length; i++) values[i] = randomNormal(key, i) * deviation;
  };
}

/** Uniform in ±1/√fan: PyTorch's default for linear (fan = inputs) and recurrent layers (fan = hidden units). */
export function fanUniform(fan: number): Initializer {
  return uniform(1 / Math.sqrt(fan));
}
