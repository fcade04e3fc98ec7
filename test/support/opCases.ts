import * as elementwise from '../../src/ops/elementwise.js';
import * as gather from '../../src/ops/gather.js';
import { layerNorm } from '../../src/ops/layerNorm.js';
import { linear, matmul } from '../../src/ops/matmul.js';
import * as reduce from '../../src/ops/reduce.js';
import * as shapes from '../../src/ops/shape.js';
import * as softmax from '../../src/ops/softmax.js';
import { convolutionalOpCases } from './convolutionCases.js';
import { checkpointCases } from './checkpointCases.js';
import * as is from './opCase.js';
import { opCase, type MakeCase } from './opCase.js';
import { scanCases } from './scanCases.js';

const { binary, unary, normal } = is;

const elementwiseCases: Record<string, MakeCase[]> = {
  neg: unary(elementwise.neg, normal),
  exp: unary(elementwise.exp, normal),
  log: unary(elementwise.log, is.positive),
  sqrt: unary(elementwise.sqrt, is.positive),
  tanh: unary(elementwise.tanh, normal),
  sigmoid: unary(elementwise.sigmoid, normal),
  relu: unary(elementwise.relu, is.awayFromZero),
  sin: unary(elementwise.sin, normal),
  cos: unary(elementwise.cos, normal),
  add: binary(elementwise.add, normal, normal),
  sub: binary(elementwise.sub, normal, normal),
  mul: [
    ...binary(elementwise.mul, normal, normal),
    ...unary(elementwise.square, normal),
    ...unary((x) => elementwise.mul(2.5, x), normal),
  ],
  div: [
    ...binary(elementwise.div, normal, is.awayFromZero),
    ...unary((x) => elementwise.div(1, x), is.awayFromZero),
  ],
  max: binary(elementwise.maximum, is.distinct, is.between),
  min: binary(elementwise.minimum, is.distinct, is.between),
  cast: [
    ...unary((x) => elementwise.cast(elementwise.cast(x, 'float64'), 'float32'), normal),
    opCase(
      () => [
        [['batch'], is.ids(9), 'int32'],
        [['batch'], normal],
      ],
      (n, x) => elementwise.mul(elementwise.cast(n!, 'float32'), x!),
    ),
  ],
  where: [
    ...binary((condition, a, b) => elementwise.where(condition!, a!, b!), normal, normal, [
      [['batch', 1], is.bools, 'bool'],
    ]).slice(0, 1),
    opCase(
      () => [
        [['time', 1], is.bools, 'bool'],
        [['batch', 1, 1], normal],
        [[3], normal],
      ],
      (condition, a, b) => elementwise.where(condition!, a!, b!),
    ),
    opCase(
      () => [
        [['batch', 3], is.bools, 'bool'],
        [['batch', 1], normal],
      ],
      (condition, a) => elementwise.where(condition!, a!, 0.5),
    ),
  ],
  lerp: [
    ...binary((t, a, b) => elementwise.lerp(a!, b!, t!), normal, normal, [[[1], is.share]]),
    opCase(
      () => [
        [['batch', 3], normal],
        [['batch', 3], normal],
        [['time', 'batch', 1], is.share],
      ],
      (a, b, t) => elementwise.lerp(a!, b!, t!),
    ),
  ],
  logAddExp: [1, 2, 3].map((terms) =>
    opCase(
      () => Array.from({ length: terms }, () => [['batch', 3], normal] as const),
      (...given) => elementwise.logAddExp(given),
    ),
  ),
};

const reduceCases: Record<string, MakeCase[]> = {
  sum: [
    ...unary(reduce.sum, normal).slice(0, 1),
    opCase(
      () => [[['batch', 3, 'time', 2], normal]],
      (x) => [
        reduce.sum(x!, [1, -1]),
        reduce.sum(x!, [0, 2], true),
        reduce.sum(x!, [-2]),
        reduce.sum(x!, []),
      ],
    ),
  ],
  sumRows: [
    opCase((draw) => [[['rows', draw.between(1, 5)], normal]], reduce.sumRows),
    opCase(() => [[[3, 'rows'], normal]], reduce.sumRows),
  ],
  'max over axes': [
    opCase(
      () => [[['batch', 3, 'time'], is.distinct]],
      (x) => [reduce.max(x!), reduce.max(x!, [1]), reduce.max(x!, [-1, 0], true)],
    ),
  ],
};

const shapeCases: Record<string, MakeCase[]> = {
  reshape: [
    opCase(
      (draw) => [[['batch', 'time', 2 * draw.between(1, 3)], normal]],
      (x) => {
        const width = x!.shape[2] as number;
        return [
          shapes.reshape(x!, ['batch*time', width]),
          shapes.reshape(x!, ['batch', 2, 'time', width / 2]),
          shapes.reshape(x!, [`${width}*batch*time`]),
          shapes.reshape(shapes.reshape(x!, ['batch*time', 2, width / 2]), ['time', 'batch', width]),
        ];
      },
    ),
  ],
  transpose: [
    opCase(
      () => [[['batch', 'time', 2, 3], normal]],
      (x) => [
        shapes.transpose(x!, [1, 0, 2, 3]),
        shapes.transpose(x!, [3, 0, 1, 2]),
        shapes.transpose(shapes.transpose(x!, [3, 0, 1, 2]), [0, 2, 3, 1]),
      ],
    ),
  ],
  expand: [
    opCase(
      () => [
        [['batch', 1, 3], normal],
        [['time'], normal],
      ],
      (x, t) => [
        elementwise.mul(shapes.expand(x!, ['batch', 'time', 3]), shapes.reshape(t!, ['time', 1])),
        shapes.expand(x!, [2, 'batch', 1, 3]),
      ],
    ),
    opCase(
      () => [
        [[], normal],
        [['batch', 'time'], normal],
      ],
      (x, y) => elementwise.mul(shapes.expand(x!, ['batch', 'time']), y!),
    ),
    opCase(
      () => [[['batch', 'time'], normal]],
      (x) => elementwise.mul(x!, shapes.fill(2, ['batch', 'time'])),
    ),
  ],
  concat: [
    opCase(
      (draw) => [
        [['batch', draw.between(1, 3)], normal],
        [['batch', draw.between(1, 3)], normal],
        [['batch', 1], normal],
      ],
      (...parts) => shapes.concat(parts),
    ),
    opCase(
      () => [
        [[2, 'time'], normal],
        [[1, 'time'], normal],
      ],
      (a, b) => shapes.concat([a!, b!, a!], 0),
    ),
  ],
  shift: [
    ...[1, 3].map((width) =>
      opCase(
        () => [
          [['batch', 'time', width], normal],
          [['batch', 'time', 1], normal],
        ],
        (x, entering) => shapes.shift(x!, entering!),
      ),
    ),
    // What enters is a constant, and the last axis is named.
    opCase(
      () => [[['batch', 'time'], normal]],
      (x) => shapes.shift(x!, shapes.fill(2, ['batch', 1])),
    ),
  ],
  split: [
    opCase(
      () => [[['batch', 6], normal]],
      (x) => shapes.split(x!, [1, 3, 2]),
    ),
    // A part that nothing reads has no upstream gradient.
    opCase(
      () => [[[5, 'batch'], normal]],
      (x) => shapes.split(x!, [2, 2, 1], 0).slice(1, 2),
    ),
  ],
};

const matmulCases: Record<string, MakeCase[]> = {
  matmul: [
    ...[false, true].flatMap((transposeA) =>
      [false, true].flatMap((transposeB) => [
        opCase(
          (draw) => {
            const [n, k] = [draw.between(1, 4), draw.between(1, 4)];
            return [
              [transposeA ? [k, 'batch'] : ['batch', k], normal],
              [transposeB ? [n, k] : [k, n], normal],
            ];
          },
          (a, b) => matmul(a!, b!, { transposeA, transposeB }),
        ),
        opCase(
          () => [
            [transposeA ? ['batch', 1, 3, 'time'] : ['batch', 1, 'time', 3], normal],
            [transposeB ? [2, 4, 3] : [2, 3, 4], normal],
          ],
          (a, b) => matmul(a!, b!, { transposeA, transposeB }),
        ),
      ]),
    ),
    ...[[4], ['batch', 4], [1, 1], ['batch', 1]].map((plus) =>
      opCase(
        () => [
          [['batch', 3], normal],
          [[4, 3], normal],
          [plus, normal],
        ],
        (a, b, c) => matmul(a!, b!, { transposeB: true, plus: c! }),
      ),
    ),
    opCase(
      () => [
        [['batch', 3], normal],
        [[3, 4], normal],
        [[4], normal],
      ],
      (a, b, c) => matmul(a!, b!, { plus: c! }),
    ),
    opCase(
      () => [
        [['batch', 'time', 3], normal],
        [[4, 3], normal],
        [[4], normal],
      ],
      linear,
    ),
    opCase(
      () => [
        [['batch', 2, 3], normal],
        [[1, 3], normal],
      ],
      (x, w) => linear(x!, w!),
    ),
  ],
};

const gatherCases: Record<string, MakeCase[]> = {
  embedding: [
    opCase(
      () => [
        [[5, 3], normal],
        [['batch', 'time'], is.ids(5), 'int32'],
      ],
      gather.embedding,
    ),
    opCase(
      () => [
        [[300, 2], normal],
        [['rows'], is.ids(4), 'int32'],
      ],
      gather.embedding,
    ),
  ],
  embeddingGradient: [4, 257].map((vocabulary) =>
    opCase(
      () => [
        [['batch', 'time'], is.ids(4), 'int32'],
        [['batch', 'time', 3], normal],
      ],
      (ids, dy) => gather.embeddingGradient(ids!, dy!, vocabulary),
    ),
  ),
  // The third and the first of four positions are real.
  packRows: [
    opCase(
      () => [
        [[4, 3], normal],
        [['rows'], () => ({ shape: [2], values: [0, 2] }), 'int32'],
        [[4], () => ({ shape: [4], values: [1, 0, 2, 0] }), 'int32'],
      ],
      gather.packRows,
    ),
  ],
  unpackRows: [
    opCase(
      () => [
        [[2, 3], normal],
        [[2], () => ({ shape: [2], values: [0, 2] }), 'int32'],
        [['positions'], () => ({ shape: [4], values: [1, 0, 2, 0] }), 'int32'],
      ],
      gather.unpackRows,
    ),
  ],
  reverseSequence: [
    opCase(
      () => [
        [['time', 'batch', 2], normal],
        [['batch'], (draw, shape) => draw.lengths(shape, draw.sizes['time']!), 'int32'],
      ],
      gather.reverseSequence,
    ),
  ],
};

const softmaxCases: Record<string, MakeCase[]> = {
  softmax: [opCase((draw) => [[['batch', 'time', draw.between(1, 5)], normal]], softmax.softmax)],
  logSoftmax: [opCase((draw) => [[['batch', draw.between(1, 5)], normal]], softmax.logSoftmax)],
  crossEntropy: [
    (x: ReturnType<typeof softmax.crossEntropy>) => [x.loss],
    (x: ReturnType<typeof softmax.crossEntropy>) => [x.probabilities],
    (x: ReturnType<typeof softmax.crossEntropy>) => [x.loss, x.probabilities],
  ].map((outputs) =>
    opCase(
      () => [
        [['rows', 4], is.distinct],
        [['rows'], is.ids(4), 'int32'],
      ],
      (logits, labels) => outputs(softmax.crossEntropy(logits!, labels!)),
    ),
  ),
  subtractOneHot: [
    opCase(
      () => [
        [['rows', 4], normal],
        [['rows'], is.ids(4), 'int32'],
        [['rows'], normal],
      ],
      softmax.subtractOneHot,
    ),
  ],
  layerNorm: [
    opCase(
      (draw) => {
        const width = draw.between(2, 5);
        return [
          [['batch', 'time', width], normal],
          [[width], normal],
          [[width], normal],
        ];
      },
      (x, scale, shift) => layerNorm(x!, scale!, shift!),
    ),
    opCase(
      () => [
        [['rows', 4], normal],
        [[4], normal],
        [[4], normal],
      ],
      (x, scale, shift) => layerNorm(x!, scale!, shift!, 0.1),
    ),
  ],
};

/** Uses of every op that has a gradient, by the op's registered name. */
export const opCases: Readonly<Record<string, readonly MakeCase[]>> = {
  ...elementwiseCases,
  ...reduceCases,
  ...shapeCases,
  ...matmulCases,
  ...gatherCases,
  ...softmaxCases,
  ...convolutionalOpCases,
  ...checkpointCases,
  scan: scanCases,
};
