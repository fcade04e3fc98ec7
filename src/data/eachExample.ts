import { randomBits } from '../tensor/random.js';
import type { Augmentation } from './augmentedData.js';

/** One example of a float32 input, whose values may be changed in place. */
export interface ChangedExample {
  readonly values: Float32Array;
  /** Without the dim 'batch'. */
  readonly shape: readonly number[];
  /** Of the random numbers. */
  readonly key: number;
  /** Which example of the data it is. */
  readonly example: number;
}

/** Changes the examples of a float32 input one by one. */
export function eachExample(input: string, change: (example: ChangedExample) => void): Augmentation {
  return (feeds, keys, examples) => {
    const { shape, data } = feeds[input]!;
    const size = data.length / keys.length;
    keys.forEach((key, i) => {
      change({
        values: (data as Float32Array).subarray(i * size, (i + 1) * size),
        shape: shape.slice(1),
        key,
        example: examples[i]!,
      });
    });
  };
}

/** A whole number from −most to most. */
export function offset(key: number, index: number, most: number): number {
  return (randomBits(key, index) % (2 * most + 1)) - most;
}
