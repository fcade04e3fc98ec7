import { add, div, lerp, mul, sigmoid, square, sub, tanh } from '../../src/ops/elementwise.js';
import { layerNorm } from '../../src/ops/layerNorm.js';
import { linear, matmul } from '../../src/ops/matmul.js';
import { sum, sumRows } from '../../src/ops/reduce.js';
import { scan } from '../../src/ops/scan.js';
import { concat, expand, reshape, split } from '../../src/ops/shape.js';
import { softmax } from '../../src/ops/softmax.js';
import { sameShape, type Shape } from '../../src/tensor/dim.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import type { Draw } from './draw.js';
import { normal, opCase, type InputSpec, type OpCase } from './opCase.js';

const stateShapes: readonly Shape[] = [['batch', 3], ['batch', 1], [3], ['batch', 2, 3], []];
/** Two matrices, a vector, a column, a batch of matrices and a number that the steps share. */
const captured: readonly Shape[] = [[3, 3], [3, 3], [3], ['batch', 1], ['batch', 2, 3], []];

/** What a random step is built of: a, b and c are values so far, w a shared matrix, v a shared vector. */
const operations: readonly ((a: Tensor, b: Tensor, c: Tensor, w: Tensor, v: Tensor) => Tensor)[] = [
  tanh,
  sigmoid,
  (a, b) => add(a, b),
  (a, b) => sub(a, b),
  (a, b) => mul(tanh(a), b),
  (a, b) => div(a, add(square(b), 1)),
  (a, b, c) => lerp(tanh(a), b, sigmoid(c)),
  (a, _, __, w) => matmul(a, w),
  (a, _, __, w) => matmul(a, w, { transposeB: true }),
  (a, b) => matmul(a, b, { transposeB: true }),
  (a, b, _, __, v) => matmul(a, b, { plus: v }),
  (a, _, __, w, v) => linear(a, w, v),
  (a, _, __, ___, v) => layerNorm(a, v, v),
  softmax,
  sumRows,
  (a) => sum(a, [0]),
  (a) => sum(a, [-1], true),
  (a) => reshape(a, [a.shape[0]!, 1, a.shape[1]!]),
  (a) => expand(a, ['batch', 3]),
  (a) => {
    const [first, rest] = split(a, [1, 2]);
    return concat([tanh(rest!), first!]);
  },
  (a) => {
    const [first, rest] = split(a, [1, 2]);
    return mul(rest!, first!);
  },
];

/** A scan whose step is a random program over carries, slices and captured values; some of its results are used. */
export function randomScan(draw: Draw): OpCase {
  const pick = <T>(items: readonly T[]): T => items[draw.between(0, items.length - 1)]!;
  const some = (most: number) => Array.from({ length: draw.between(1, most) }, () => pick(stateShapes));
  const [carryShapes, sliceShapes] = [some(3), some(2)];
  const shapes = [...captured, ...carryShapes, ...sliceShapes.map((shape) => ['time', ...shape])];
  const reverse = draw.between(0, 1) === 1;

  const trace = (...tensors: Tensor[]): Tensor[] => {
    const shared = tensors.slice(0, captured.length);
    const initial = tensors.slice(captured.length, captured.length + carryShapes.length);
    const sequences = tensors.slice(captured.length + carryShapes.length);
    const { carries, outputs } = scan({ initial, sequences, reverse }, (states, slices) => {
      const values = [...states, ...slices, ...shared];
      for (let left = draw.between(4, 16); left > 0; left--) {
        const [a, b, c, w] = [pick(values), pick(values), pick(values), pick(shared.slice(0, 2))];
        const result = attempt(() => pick(operations)(a, b, c, w, shared[2]!));
        // Dims like 2*batch would not fit anything else.
        if (!result || result.shape.some((dim) => typeof dim === 'string' && dim !== 'batch')) continue;
        values.push(draw.between(0, 2) ? tanh(result) : result);
      }
      const late = <T>(items: readonly T[]) => items[Math.max(0, items.length - 1 - draw.between(0, 2))]!;
      const next = states.map((state) => tanh(late(values.filter((x) => sameShape(x.shape, state.shape)))));
      return { carries: next, outputs: Array.from({ length: draw.between(0, 2) }, () => late(values)) };
    });
    const used = [...carries, ...outputs].filter(() => draw.between(0, 2) > 0);
    // One result that has the size of every named dim.
    return [...used, mul(shared[3]!, sum(carries[0]!))];
  };
  return opCase(() => shapes.map((shape): InputSpec => [shape, normal]), trace)(draw);
}

/** The result, or nothing where the values do not fit the operation. */
function attempt(apply: () => Tensor): Tensor | undefined {
  try {
    const result = apply();
    return result.rank <= 3 ? result : undefined;
  } catch {
    return undefined;
  }
}
