import { evaluateDim, type Shape } from '../../src/tensor/dim.js';
import { permutation, randomKey, randomNormal, randomUniform } from '../../src/tensor/random.js';
import type { Value } from './evaluate.js';

/** Random sizes and values of one test case: the same for the same seed. */
export class Draw {
  /** The sizes of the named dims in this run. */
  readonly sizes: Readonly<Record<string, number>>;
  private count = 0;

  constructor(private readonly seed: number) {
    this.sizes = { batch: this.between(1, 3), time: this.between(1, 4), rows: this.between(2, 6) };
  }

  private key(): number {
    return randomKey(this.seed, this.count++);
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(randomUniform(this.key(), 0) * (high - low + 1));
  }

  private value(shape: Shape, draw: (key: number, index: number, count: number) => number): Value {
    const dims = shape.map((dim) => evaluateDim(dim, this.sizes));
    const count = dims.reduce((a, b) => a * b, 1);
    const key = this.key();
    return { shape: dims, values: Array.from({ length: count }, (_, i) => draw(key, i, count)) };
  }

  normal(shape: Shape): Value {
    return this.value(shape, randomNormal);
  }

  uniform(shape: Shape, low: number, high: number): Value {
    return this.value(shape, (key, i) => low + (high - low) * randomUniform(key, i));
  }

  /** Sizes between 0.2 and 2, either sign: away from a kink or pole at 0. */
  awayFromZero(shape: Shape): Value {
    return this.value(
      shape,
      (key, i) => (0.2 + 1.8 * randomUniform(key, 2 * i)) * (randomUniform(key, 2 * i + 1) < 0.5 ? -1 : 1),
    );
  }

  /** Values 0.4 or more apart; those drawn with another `offset` lie between. */
  distinct(shape: Shape, offset = 0): Value {
    return this.value(
      shape,
      (key, i, count) => 0.4 * (permutation(count, key)[i]! + offset - Math.floor(count / 2)),
    );
  }

  /** Whole numbers from 0 to limit − 1. */
  ids(shape: Shape, limit: number): Value {
    return this.value(shape, (key, i) => Math.floor(randomUniform(key, i) * limit));
  }

  /** Whole numbers from 1 to `longest`. */
  lengths(shape: Shape, longest: number): Value {
    return this.value(shape, (key, i) => 1 + Math.floor(randomUniform(key, i) * longest));
  }
}
