import { less, not } from '../../ops/elementwise.js';
import { positions, reshape } from '../../ops/shape.js';
import type { Dim } from '../../tensor/dim.js';
import type { Tensor } from '../../tensor/tensor.js';

/** Where self-attention may look while it writes: each position at itself and at what came before. [1, 1, time, time] bool. */
export function causalMask(time: Dim): Tensor {
  const at = positions(time);
  return reshape(not(less(reshape(at, [time, 1]), reshape(at, [1, time]))), [1, 1, time, time]);
}
