import { describe, expect, it } from 'vitest';
import { constant, input, inScope, type Tensor } from '../tensor/tensor.js';
import type { DType } from '../tensor/dtype.js';
import type { Shape } from '../tensor/dim.js';
import * as elementwise from './elementwise.js';
import { reverseSequence } from './gather.js';
import { linear, matmul } from './matmul.js';
import { max, sum, sumRows } from './reduce.js';
import { scan } from './scan.js';
import { softmax } from './softmax.js';
import { concat, expand, reshape, split, transpose } from './shape.js';

const tensor = (shape: Shape, dtype: DType = 'float32'): Tensor => input('x', dtype, shape);
const matrix = tensor(['batch', 3]);
const ids = tensor(['batch'], 'int32');

/** What goes wrong, and the message without the layer's path. */
const cases: [string, () => unknown, string][] = [
  [
    'shapes',
    () => elementwise.add(matrix, tensor(['batch', 4])),
    'add: the shapes [batch, 3] and [batch, 4] do not fit: 3 against 4.',
  ],
  [
    'names',
    () => elementwise.mul(tensor(['batch']), tensor(['time'])),
    'mul: the shapes [batch] and [time] do not fit: batch against time.',
  ],
  [
    'dtypes',
    () => elementwise.sub(matrix, constant(1, 'int32')),
    'sub: the dtypes float32 and int32 differ; cast one of them.',
  ],
  ['integers', () => elementwise.tanh(ids), 'tanh: takes floats, got int32.'],
  ['condition', () => elementwise.where(ids, matrix, 0), 'where: the condition must be bool, got int32.'],
  [
    'inner dims',
    () => matmul(matrix, tensor([4, 5])),
    'matmul: the inner dims 3 and 4 of float32[batch, 3] and float32[4, 5] differ.',
  ],
  [
    'vector',
    () => matmul(tensor([3]), matrix),
    'matmul: takes matrices, got float32[3] and float32[batch, 3].',
  ],
  [
    'summand',
    () => matmul(matrix, tensor([3, 5]), { plus: tensor([2, 'batch', 5]) }),
    'matmul: the summand float32[2, batch, 5] does not fit the product [batch, 5].',
  ],
  [
    'plus',
    () => matmul(tensor([2, 4, 3]), tensor([3, 5]), { plus: tensor([5]) }),
    "matmul: 'plus' goes with matrices, got float32[2, 4, 3] and float32[3, 5].",
  ],
  [
    'features',
    () => linear(matrix, tensor([5, 4])),
    'linear: the weight float32[5, 4] takes 4 features, the input is float32[batch, 3].',
  ],
  [
    'size',
    () => reshape(matrix, ['batch', 4]),
    'reshape: [batch, 3] cannot become [batch, 4]: the sizes differ.',
  ],
  [
    'order',
    () => transpose(matrix, [0, 0]),
    'transpose: [0, 0] is no order of the axes of float32[batch, 3].',
  ],
  ['expand', () => expand(matrix, ['time', 3]), 'expand: [batch, 3] does not broadcast to [time, 3].'],
  [
    'unknown size',
    () => concat([matrix, matrix], 0),
    'concat: axis 0 of float32[batch, 3] and float32[batch, 3] must be of known size and equal rank and dtype.',
  ],
  [
    'other axes',
    () => concat([matrix, tensor(['time', 3])]),
    'concat: float32[batch, 3] and float32[time, 3] differ outside axis 1.',
  ],
  [
    'parts',
    () => split(matrix, [1, 1]),
    'split: the parts 1 + 1 do not make up axis 1 of float32[batch, 3].',
  ],
  ['axis', () => sum(matrix, [2]), 'sum: axis 2 is not an axis of float32[batch, 3].'],
  ['negative axis', () => max(matrix, [-3]), 'max: axis -3 is not an axis of float32[batch, 3].'],
  ['scalar', () => softmax(constant(1)), 'softmax: needs an axis to sum over, got float32[].'],
  ['rows', () => sumRows(ids), 'sumRows: takes a matrix, got int32[batch].'],
  [
    'lengths',
    () => reverseSequence(matrix, ids),
    'reverseSequence: takes [time, batch, ...] and lengths [batch], got float32[batch, 3] and int32[batch].',
  ],
  [
    'sequences',
    () => scan({ initial: [], sequences: [matrix, tensor(['time'])] }, () => ({ carries: [], outputs: [] })),
    'scan: the sequences [float32[batch, 3], float32[time]] must share their first dim.',
  ],
  [
    'no sequence',
    () => scan({ initial: [matrix], sequences: [] }, ([h]) => ({ carries: [h!], outputs: [] })),
    'scan: takes at least one sequence [time, ...].',
  ],
  [
    'carry',
    () => scan({ initial: [constant(0)], sequences: [matrix] }, (_, [x]) => ({ carries: [x!], outputs: [] })),
    'scan: carry 0 starts as float32[] and becomes float32[3].',
  ],
  [
    'carries',
    () => scan({ initial: [constant(0)], sequences: [matrix] }, () => ({ carries: [], outputs: [] })),
    'scan: starts with 1 carries; its step gives 0.',
  ],
];

describe('an error while tracing names the layer and the dims', () => {
  it.each(cases)('%s', (_, trace, message) => {
    expect(() => inScope('decoder.attention', trace)).toThrow(`decoder.attention: ${message}`);
  });
});
