import { batchNorm } from '../../src/ops/batchNorm.js';
import { conv, convolutionInput, convolutionWeight } from '../../src/ops/convolution.js';
import { averagePool, maxPool } from '../../src/ops/pool.js';
import { windowOf, type WindowOptions } from '../../src/ops/window.js';
import type { Shape } from '../../src/tensor/dim.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import * as is from './opCase.js';
import { opCase, type InputSpec, type MakeCase } from './opCase.js';

const { normal, distinct } = is;

/** Spaces, kernels and options: one and two axes, every option, a named axis. */
const convolutions: readonly { space: Shape; kernel: readonly number[]; options: WindowOptions }[] = [
  { space: [6], kernel: [3], options: {} },
  { space: ['time'], kernel: [3], options: { padding: 'same' } },
  { space: ['time'], kernel: [2], options: { padding: 'same' } },
  { space: ['time'], kernel: [3], options: { padding: 2, dilation: 2 } },
  // The last place is not reached.
  { space: [8], kernel: [3], options: { stride: 2, padding: 1, dilation: 2 } },
  { space: [4, 5], kernel: [3, 3], options: { padding: 1 } },
  { space: [6, 4], kernel: [3, 2], options: { stride: [2, 1], padding: [1, 0] } },
  { space: [3, 'time'], kernel: [2, 1], options: { dilation: [2, 1] } },
  { space: [2, 3], kernel: [1, 1], options: {} },
  { space: [5, 5], kernel: [2, 2], options: { stride: 3 } },
  // A name that the stride divides.
  { space: ['4*time'], kernel: [3], options: { stride: 2, padding: 1 } },
  { space: ['2*time'], kernel: [2], options: { stride: 2 } },
  { space: ['6*time'], kernel: [5], options: { stride: 3, padding: 2 } },
  { space: [3, '2*time'], kernel: [2, 3], options: { stride: [1, 2], padding: [0, 2], dilation: [1, 2] } },
];

const convolutionCases = convolutions.flatMap(({ space, kernel, options }, i) =>
  opCase(
    (draw) => {
      const [inputs, outputs] = [draw.between(1, 2), draw.between(1, 3)];
      const bias: InputSpec[] = i % 2 === 0 ? [[[outputs], normal]] : [];
      return [[['batch', inputs, ...space], normal], [[outputs, inputs, ...kernel], normal], ...bias];
    },
    (x, weight, bias) => conv(x!, weight!, bias, options),
  ),
);

/** Over x [batch, 2, 6] or [batch, 2, 5, 4] with a kernel of 3 per axis, stride 2 and padding 1. */
const attributesFor = (space: Shape) => ({
  window: windowOf('conv', new Array<number>(space.length).fill(3), { stride: 2, padding: 1 }),
  space,
});
const spaces: readonly [space: Shape, slid: Shape][] = [
  [[6], [3]],
  [
    [5, 4],
    [3, 2],
  ],
];
const kernelOf = (space: Shape) => space.map(() => 3);

const pools: readonly { space: Shape; size: number | number[]; options?: Parameters<typeof maxPool>[2] }[] = [
  { space: [6], size: 2 },
  { space: [7], size: 3 },
  { space: [4, 6], size: 2 },
  { space: [5, 7], size: [2, 3] },
  { space: ['time', 4], size: [1, 2] },
  { space: [5, 5], size: 3, options: { stride: 2, padding: 1 } },
  { space: ['time'], size: 3, options: { stride: 1, padding: 1 } },
  { space: [5], size: 2, options: { stride: 3 } },
  { space: ['2*time'], size: 2 },
  { space: ['2*time', 4], size: 2 },
];

const poolCases = (pool: (x: Tensor, ...rest: [number | number[], object?]) => Tensor): MakeCase[] =>
  pools.map(({ space, size, options }) =>
    opCase(
      () => [[['batch', 2, ...space], distinct]],
      (x) => pool(x!, size, options),
    ),
  );

/** Uses of the ops of convolutional networks, by registered name. */
export const convolutionalOpCases: Readonly<Record<string, readonly MakeCase[]>> = {
  convolution: convolutionCases,
  convolutionInput: spaces.map(([space, slid]) =>
    opCase(
      () => [
        [['batch', 3, ...slid], normal],
        [[3, 2, ...kernelOf(space)], normal],
      ],
      (y, weight) => convolutionInput(y!, weight!, attributesFor(space)),
    ),
  ),
  convolutionWeight: spaces.map(([space, slid]) =>
    opCase(
      () => [
        [['batch', 2, ...space], normal],
        [['batch', 3, ...slid], normal],
      ],
      (x, y) => convolutionWeight(x!, y!, attributesFor(space)),
    ),
  ),
  maxPool: poolCases(maxPool),
  averagePool: poolCases(averagePool),
  batchNorm: [
    opCase(
      () => [
        [['rows', 3, 2, 2], normal],
        [[3], normal],
        [[3], normal],
      ],
      (x, scale, shift) => batchNorm(x!, scale!, shift!).output,
    ),
    opCase(
      () => [
        [['rows', 2, 'time'], normal],
        [[2], normal],
        [[2], normal],
      ],
      (x, scale, shift) => batchNorm(x!, scale!, shift!, { epsilon: 0.1 }).output,
    ),
  ],
};
