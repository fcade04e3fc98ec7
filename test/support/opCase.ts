import type { Shape } from '../../src/tensor/dim.js';
import type { DType } from '../../src/tensor/dtype.js';
import { input, type Tensor } from '../../src/tensor/tensor.js';
import type { Draw } from './draw.js';
import type { Value } from './evaluate.js';

/** Draws the values of an input. */
export type Make = (draw: Draw, shape: Shape) => Value;
export type InputSpec = readonly [shape: Shape, make: Make, dtype?: DType];

/** A traced use of an op, with values for its inputs. */
export interface OpCase {
  /** The results; those that are floats are differentiated by every float input. */
  readonly outputs: readonly Tensor[];
  readonly inputs: readonly { readonly name: string; readonly tensor: Tensor; readonly value: Value }[];
}

/** Makes a case from the sizes and values of one seed. */
export type MakeCase = (draw: Draw) => OpCase;

/** A case over inputs of the given shapes. */
export function opCase(
  specs: (draw: Draw) => readonly InputSpec[],
  apply: (...tensors: Tensor[]) => Tensor | readonly Tensor[],
): MakeCase {
  return (draw) => {
    const inputs = specs(draw).map(([shape, make, dtype = 'float32'], i) => ({
      name: `x${i}`,
      tensor: input(`x${i}`, dtype, shape),
      value: make(draw, shape),
    }));
    const result = apply(...inputs.map((x) => x.tensor));
    return { outputs: [result].flat() as Tensor[], inputs };
  };
}

export const normal: Make = (draw, shape) => draw.normal(shape);
export const positive: Make = (draw, shape) => draw.uniform(shape, 0.5, 2);
export const share: Make = (draw, shape) => draw.uniform(shape, 0, 1);
export const awayFromZero: Make = (draw, shape) => draw.awayFromZero(shape);
export const distinct: Make = (draw, shape) => draw.distinct(shape);
/** Distinct, and none of them a value of `distinct`. */
export const between: Make = (draw, shape) => draw.distinct(shape, 0.5);
export const bools: Make = (draw, shape) => draw.ids(shape, 2);
export const ids =
  (limit: number): Make =>
  (draw, shape) =>
    draw.ids(shape, limit);

export function unary(apply: (x: Tensor) => Tensor, make: Make): MakeCase[] {
  return [
    opCase((draw) => [[['batch', 'time', draw.between(1, 4)], make]], apply),
    opCase(() => [[[], make]], apply),
  ];
}

/** Pairs of shapes that broadcast: equal, a row, both ways at once, scalars, ones; named dims among them. */
function broadcastPairs(n: number, m: number): [Shape, Shape][] {
  return [
    [
      ['batch', n],
      ['batch', n],
    ],
    [['batch', 'time', m], [m]],
    [
      ['time', 1, m],
      ['batch', 1],
    ],
    [[], ['batch', n]],
    [
      ['batch', n, 1],
      ['batch', 1, m],
    ],
    [[1], [n, 1, m]],
  ];
}

/** A case for each pair of shapes that broadcast; `others` stand before the pair. */
export function binary(
  apply: (...tensors: Tensor[]) => Tensor,
  left: Make,
  right: Make,
  others: readonly InputSpec[] = [],
): MakeCase[] {
  return broadcastPairs(2, 2).map((_, i) =>
    opCase((draw) => {
      const [a, b] = broadcastPairs(draw.between(2, 4), draw.between(2, 4))[i]!;
      return [...others, [a, left], [b, right]];
    }, apply),
  );
}
