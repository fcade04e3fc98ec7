import { cast, less, minimum } from '../ops/elementwise.js';
import { packRows } from '../ops/gather.js';
import { matmul } from '../ops/matmul.js';
import { sum } from '../ops/reduce.js';
import { positions, reshape } from '../ops/shape.js';
import { product } from '../tensor/dim.js';
import type { Tensor } from '../tensor/tensor.js';

/**
 * How much attention falls on what was attended to before (See et al. 2017, eq. 12): Σ over real target tokens t and
 * source positions i of min(a_ti, c_ti), where the coverage c_ti is the sum of a_t′i over all earlier t′.
 * weights a [batch, time, source]; rows and slots of the real tokens, as `packRows` takes them → a scalar.
 */
export function coverageLoss(weights: Tensor, rows: Tensor, slots: Tensor): Tensor {
  const [batch, time] = weights.shape;
  const at = positions(time!);
  const earlier = cast(less(reshape(at, [1, time!]), reshape(at, [time!, 1])), 'float32');
  const coverage = matmul(reshape(earlier, [1, time!, time!]), weights);
  const overlaps = sum(minimum(weights, coverage), [-1]);
  return sum(packRows(reshape(overlaps, [product([batch!, time!]), 1]), rows, slots));
}
