import { equal, cast, mul, sub } from '../../ops/elementwise.js';
import { sum } from '../../ops/reduce.js';
import { positions, reshape, size } from '../../ops/shape.js';
import type { Tensor } from '../../tensor/tensor.js';

/** x [batch, time, D] → what stands at the last step: [batch, D]. */
export function lastStep(x: Tensor): Tensor {
  const time = x.shape[1]!;
  const isLast = equal(positions(time), sub(size(time, 'int32'), 1));
  return sum(mul(x, reshape(cast(isLast, 'float32'), [1, time, 1])), [1]);
}
