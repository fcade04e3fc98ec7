import { batchNorm } from '../../src/ops/batchNorm.js';
import { conv, convolutionInput, convolutionWeight } from '../../src/ops/convolution.js';
import { after, checkpoint } from '../../src/ops/checkpoint.js';
import * as elementwise from '../../src/ops/elementwise.js';
import * as gather from '../../src/ops/gather.js';
import { layerNorm } from '../../src/ops/layerNorm.js';
import { matmul } from '../../src/ops/matmul.js';
import { averagePool, maxPool } from '../../src/ops/pool.js';
import * as reduce from '../../src/ops/reduce.js';
import { scan } from '../../src/ops/scan.js';
import * as shapes from '../../src/ops/shape.js';
import * as softmax from '../../src/ops/softmax.js';
import { windowOf } from '../../src/ops/window.js';
import type { Shape } from '../../src/tensor/dim.js';
import type { DType } from '../../src/tensor/dtype.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import type { Value } from './evaluate.js';

/** An op on given numbers, with the results in plain JavaScript. */
export interface ValueCase {
  readonly inputs: readonly (Given & { readonly shape: Shape; readonly sizes: readonly number[] })[];
  readonly apply: (...tensors: Tensor[]) => Tensor | readonly Tensor[];
  readonly expected: readonly Value[];
}

interface Given {
  readonly values: readonly number[];
  readonly dtype?: DType;
}

/** An input whose first dim is named 'n'. */
const given = (sizes: readonly number[], values: readonly number[], dtype?: DType) => ({
  sizes,
  shape: sizes.map((size, i) => (i === 0 ? 'n' : size)),
  values,
  dtype,
});
/** An input whose sizes are known while tracing. */
const fixed = (sizes: readonly number[], values: readonly number[], dtype?: DType) => ({
  sizes,
  shape: sizes,
  values,
  dtype,
});
const value = (shape: readonly number[], values: readonly number[]): Value => ({ shape, values });

const reals = [-1.5, -0.25, 0.5, 2];
const positives = [0.25, 1, 2, 9];

const unary = (apply: (x: Tensor) => Tensor, formula: (x: number) => number, x = reals): ValueCase => ({
  inputs: [given([4], x)],
  apply,
  expected: [value([4], x.map(formula))],
});

/** a [2, 1] with b [3]; 2 and 4 occur in both. */
const binary = (
  apply: (a: Tensor, b: Tensor) => Tensor,
  formula: (a: number, b: number) => number | boolean,
): ValueCase => ({
  inputs: [given([2, 1], [2, 4]), fixed([3], [4, 2, -3])],
  apply,
  expected: [
    value(
      [2, 3],
      [2, 4].flatMap((a) => [4, 2, -3].map((b) => Number(formula(a, b)))),
    ),
  ],
});

const matrix = given([2, 3], [1, 5, 2, 4, 3, 6]);
const exps = (values: readonly number[]) => values.map((x) => Math.exp(x));
const normalized = (values: readonly number[]) => {
  const total = values.reduce((a, b) => a + b);
  return values.map((x) => x / total);
};
const softmaxRows = [...normalized(exps([1, 5, 2])), ...normalized(exps([4, 3, 6]))];

/** A kernel of 2 at stride 2 over 5 places and one of padding: at −1, 1 and 3. */
const strided = { window: windowOf('conv', [2], { stride: 2, padding: 1 }), space: [5] };

/** Every op, by its registered name. */
export const valueCases: Readonly<Record<string, ValueCase>> = {
  neg: unary(elementwise.neg, (x) => -x),
  exp: unary(elementwise.exp, Math.exp),
  log: unary(elementwise.log, Math.log, positives),
  sqrt: unary(elementwise.sqrt, Math.sqrt, positives),
  tanh: unary(elementwise.tanh, Math.tanh),
  sigmoid: unary(elementwise.sigmoid, (x) => 1 / (1 + Math.exp(-x))),
  relu: unary(elementwise.relu, (x) => Math.max(x, 0)),
  sin: unary(elementwise.sin, Math.sin),
  cos: unary(elementwise.cos, Math.cos),
  erf: {
    inputs: [given([3], [0, 0.5, -2])],
    apply: elementwise.erf,
    // Abramowitz & Stegun, table 7.1.
    expected: [value([3], [0, 0.5204998778, -0.995322265])],
  },
  add: binary(elementwise.add, (a, b) => a + b),
  sub: binary(elementwise.sub, (a, b) => a - b),
  mul: binary(elementwise.mul, (a, b) => a * b),
  div: binary(elementwise.div, (a, b) => a / b),
  max: binary(elementwise.maximum, Math.max),
  min: binary(elementwise.minimum, Math.min),
  equal: binary(elementwise.equal, (a, b) => a === b),
  less: binary(elementwise.less, (a, b) => a < b),
  greater: binary(elementwise.greater, (a, b) => a > b),
  not: {
    inputs: [given([3], [1, 0, 1], 'bool')],
    apply: elementwise.not,
    expected: [value([3], [0, 1, 0])],
  },
  cast: {
    inputs: [given([3], [-1.5, 0, 2.75])],
    apply: (x) => [
      elementwise.cast(x!, 'int32'),
      elementwise.cast(x!, 'bool'),
      elementwise.cast(x!, 'int64'),
    ],
    expected: [value([3], [-1, 0, 2]), value([3], [1, 0, 1]), value([3], [-1, 0, 2])],
  },
  where: {
    inputs: [given([2, 1], [1, 0], 'bool'), given([2, 2], [1, 2, 3, 4])],
    apply: (condition, x) => elementwise.where(condition!, x!, -1),
    expected: [value([2, 2], [1, 2, -1, -1])],
  },
  lerp: {
    inputs: [given([2], [1, 1]), given([2], [3, 3]), given([2], [0, 0.75])],
    apply: (a, b, t) => elementwise.lerp(a!, b!, t!),
    expected: [value([2], [1, 2.5])],
  },
  logAddExp: {
    inputs: [given([3], [0, 1000, -1e38]), given([3], [0, 1000, 5]), given([3], [0, 998, -1e38])],
    apply: (...terms) => elementwise.logAddExp(terms),
    expected: [value([3], [Math.log(3), 1000 + Math.log(2 + Math.exp(-2)), 5])],
  },
  sum: {
    inputs: [matrix],
    apply: (x) => [reduce.sum(x!), reduce.sum(x!, [0]), reduce.sum(x!, [-1], true)],
    expected: [value([], [21]), value([3], [5, 8, 8]), value([2, 1], [8, 13])],
  },
  sumRows: { inputs: [matrix], apply: reduce.sumRows, expected: [value([3], [5, 8, 8])] },
  'max over axes': {
    inputs: [matrix],
    apply: (x) => [reduce.max(x!), reduce.max(x!, [0]), reduce.max(x!, [-1], true)],
    expected: [value([], [6]), value([3], [4, 5, 6]), value([2, 1], [5, 6])],
  },
  argMax: {
    inputs: [given([3, 3], [1, 5, 2, 4, 3, 6, 7, 7, 0])],
    apply: reduce.argMax,
    expected: [value([3], [1, 2, 0])],
  },
  reshape: {
    inputs: [matrix],
    apply: (x) => shapes.reshape(x!, [3, 'n']),
    expected: [value([3, 2], [1, 5, 2, 4, 3, 6])],
  },
  transpose: {
    inputs: [matrix],
    apply: (x) => shapes.transpose(x!, [1, 0]),
    expected: [value([3, 2], [1, 4, 5, 3, 2, 6])],
  },
  expand: {
    inputs: [given([2, 1], [1, 2])],
    apply: (x) => shapes.expand(x!, [2, 'n', 2]),
    expected: [value([2, 2, 2], [1, 1, 2, 2, 1, 1, 2, 2])],
  },
  concat: {
    inputs: [given([2, 1], [1, 2]), given([2, 2], [3, 4, 5, 6])],
    apply: (a, b) => shapes.concat([a!, b!]),
    expected: [value([2, 3], [1, 3, 4, 2, 5, 6])],
  },
  split: {
    inputs: [matrix],
    apply: (x) => shapes.split(x!, [1, 2]),
    expected: [value([2, 1], [1, 4]), value([2, 2], [5, 2, 3, 6])],
  },
  shift: {
    inputs: [matrix, given([2, 1], [8, 9])],
    apply: (x, entering) => shapes.shift(x!, entering!),
    expected: [value([2, 3], [8, 1, 5, 9, 4, 3])],
  },
  size: {
    inputs: [given([3], [1, 2, 3])],
    apply: (x) => [elementwise.mul(x!, shapes.size('n')), shapes.size('2*n', 'int32')],
    expected: [value([3], [3, 6, 9]), value([], [6])],
  },
  positions: {
    inputs: [given([3], [5, 5, 5], 'int32')],
    apply: (x) => elementwise.add(x!, shapes.positions('n')),
    expected: [value([3], [5, 6, 7])],
  },
  matmul: {
    inputs: [matrix, fixed([2, 3], [1, 0, -1, 2, 1, 0]), fixed([2], [10, 20])],
    apply: (a, b, c) => matmul(a!, b!, { transposeB: true, plus: c! }),
    expected: [value([2, 2], [9, 27, 8, 31])],
  },
  embedding: {
    inputs: [fixed([3, 2], [1, 2, 3, 4, 5, 6]), given([2, 2], [2, 0, 1, 2], 'int32')],
    apply: gather.embedding,
    expected: [value([2, 2, 2], [5, 6, 1, 2, 3, 4, 5, 6])],
  },
  embeddingGradient: {
    inputs: [given([4], [2, 0, 2, 2], 'int32'), given([4, 2], [1, 2, 3, 4, 5, 6, 7, 8])],
    apply: (ids, dy) => [
      gather.embeddingGradient(ids!, dy!, 3),
      reduce.sum(gather.embeddingGradient(ids!, dy!, 300), [1]),
    ],
    expected: [
      value([3, 2], [3, 4, 0, 0, 13, 16]),
      value([300], [7, 0, 29, ...new Array<number>(297).fill(0)]),
    ],
  },
  packRows: {
    inputs: [matrix, fixed([1], [1], 'int32'), given([2], [0, 1], 'int32')],
    apply: gather.packRows,
    expected: [value([1, 3], [4, 3, 6])],
  },
  unpackRows: {
    inputs: [matrix, given([2], [0, 2], 'int32'), fixed([4], [1, 0, 2, 0], 'int32')],
    apply: gather.unpackRows,
    expected: [value([4, 3], [1, 5, 2, 0, 0, 0, 4, 3, 6, 0, 0, 0])],
  },
  reverseSequence: {
    // The last sequence is empty.
    inputs: [given([3, 3], [1, 10, 4, 2, 20, 5, 3, 30, 6]), fixed([3], [2, 3, 0], 'int32')],
    apply: gather.reverseSequence,
    expected: [value([3, 3], [2, 30, 4, 1, 20, 5, 3, 10, 6])],
  },
  topK: {
    inputs: [matrix],
    apply: (x) => {
      const { values, indices } = gather.topK(x!, 2);
      return [values, indices];
    },
    expected: [value([2, 2], [5, 2, 6, 4]), value([2, 2], [1, 2, 2, 0])],
  },
  softmax: { inputs: [matrix], apply: softmax.softmax, expected: [value([2, 3], softmaxRows)] },
  logSoftmax: {
    inputs: [matrix],
    apply: softmax.logSoftmax,
    expected: [value([2, 3], softmaxRows.map(Math.log))],
  },
  crossEntropy: {
    inputs: [matrix, given([2], [1, 0], 'int32')],
    apply: (logits, labels) => {
      const { loss, probabilities } = softmax.crossEntropy(logits!, labels!);
      return [loss, probabilities];
    },
    expected: [
      value([2], [-Math.log(softmaxRows[1]!), -Math.log(softmaxRows[3]!)]),
      value([2, 3], softmaxRows),
    ],
  },
  subtractOneHot: {
    inputs: [matrix, given([2], [1, 0], 'int32'), given([2], [0.25, 9])],
    apply: softmax.subtractOneHot,
    expected: [value([2, 3], [1, -0.75, 2, 8, 3, 6])],
  },
  // Mean 0.5 and variance 2.25 − ε.
  layerNorm: {
    inputs: [given([1, 2], [-1, 2]), fixed([2], [2, 3]), fixed([2], [10, 20])],
    apply: (x, scale, shift) => layerNorm(x!, scale!, shift!, 4),
    expected: [value([1, 2], [10 - 3 / Math.sqrt(6.25), 20 + 4.5 / Math.sqrt(6.25)])],
  },
  convolution: {
    inputs: [given([1, 1, 5], [1, 2, 3, 4, 5]), fixed([1, 1, 2], [10, 1]), fixed([1], [0.5])],
    apply: (x, weight, bias) => conv(x!, weight!, bias!, { stride: 2, padding: 1 }),
    expected: [value([1, 1, 3], [1.5, 23.5, 45.5])],
  },
  convolutionInput: {
    inputs: [given([1, 1, 3], [1, 2, 3]), fixed([1, 1, 2], [10, 1])],
    apply: (y, weight) => convolutionInput(y!, weight!, strided),
    expected: [value([1, 1, 5], [1, 20, 2, 30, 3])],
  },
  convolutionWeight: {
    inputs: [given([1, 1, 5], [1, 2, 3, 4, 5]), given([1, 1, 3], [1, 2, 3])],
    apply: (x, y) => convolutionWeight(x!, y!, strided),
    expected: [value([1, 1, 2], [16, 22])],
  },
  maxPool: {
    inputs: [given([1, 1, 2, 5], [1, 5, 2, 4, 9, 3, 0, 8, 7, 6])],
    apply: (x) => [maxPool(x!, 2), maxPool(x!, [1, 3], { stride: 1, padding: [0, 1] })],
    expected: [value([1, 1, 1, 2], [5, 8]), value([1, 1, 2, 5], [5, 5, 5, 9, 9, 3, 8, 8, 8, 7])],
  },
  averagePool: {
    inputs: [given([1, 1, 5], [1, 5, 3, 4, 9])],
    apply: (x) => [averagePool(x!, 2), averagePool(x!, 2, { stride: 2, padding: 1 })],
    expected: [value([1, 1, 2], [3, 3.5]), value([1, 1, 3], [0.5, 4, 6.5])],
  },
  // Mean 0.5 and variance 2.25.
  batchNorm: {
    inputs: [given([2, 1, 1], [-1, 2]), fixed([1], [2]), fixed([1], [10])],
    apply: (x, scale, shift) => {
      const { output, statistics } = batchNorm(x!, scale!, shift!, { epsilon: 4 });
      return [output, statistics.mean, statistics.variance, statistics.count];
    },
    expected: [
      value([2, 1, 1], [10 - 3 / Math.sqrt(6.25), 10 + 3 / Math.sqrt(6.25)]),
      value([1], [0.5]),
      value([1], [2.25]),
      value([], [2]),
    ],
  },
  // Of an anchor nothing but its being there counts, and it may be empty.
  after: {
    inputs: [given([3], [-0.5, 0, 7]), given([2], [0, 1]), given([0, 2], [])],
    apply: (x, y, empty) => {
      const [infinite, noNumber] = [elementwise.log(y!), elementwise.log(elementwise.sub(y!, 1))];
      return [y!, infinite, noNumber, empty!].map((anchor) => after(x!, anchor));
    },
    expected: Array.from({ length: 4 }, () => value([3], [-0.5, 0, 7])),
  },
  checkpoint: {
    inputs: [given([4], reals)],
    apply: (x) => checkpoint((y) => elementwise.add(elementwise.square(y), 1), x!),
    expected: [
      value(
        [4],
        reals.map((x) => x * x + 1),
      ),
    ],
  },
  scan: {
    inputs: [fixed([], [1]), given([3], [1, 2, 3])],
    apply: (start, x) =>
      [false, true].flatMap((reverse) => {
        const { carries, outputs } = scan(
          { initial: [start!], sequences: [x!], reverse },
          ([h], [slice]) => ({
            carries: [elementwise.sub(slice!, elementwise.mul(2, h!))],
            outputs: [h!],
          }),
        );
        return [...carries, ...outputs];
      }),
    expected: [value([], [-5]), value([3], [1, -1, 4]), value([], [1]), value([3], [0, 1, 1])],
  },
};
