import { cast, div, maximum, where } from '../ops/elementwise.js';
import { sum } from '../ops/reduce.js';
import { expand, fill, reshape } from '../ops/shape.js';
import { sameShape, showShape } from '../tensor/dim.js';
import { traceError, type Tensor } from '../tensor/tensor.js';

/** The mask with an axis of 1 for each that it lacks: [batch, time] beside [batch, time, D] → [batch, time, 1]. */
function aligned(mask: Tensor, x: Tensor): Tensor {
  if (mask.dtype !== 'bool' || !sameShape(mask.shape, x.shape.slice(0, mask.rank)))
    throw traceError(
      'mask',
      `must be bool over the first axes of what it masks, ${showShape(x.shape)}; it is ${mask}.`,
    );
  return reshape(mask, [...mask.shape, ...x.shape.slice(mask.rank).map(() => 1)]);
}

/**
 * x where the mask is true, 0 elsewhere; x itself without a mask. A selection and not a product, so that whatever stands
 * at padding, NaN included, enters neither a loss nor a gradient.
 */
export function zeroMasked(x: Tensor, mask?: Tensor): Tensor {
  return mask ? where(aligned(mask, x), x, 0) : x;
}

/** 1 for each loss that counts, 0 for the others, in the shape of the losses. */
function counted(losses: Tensor, mask?: Tensor): Tensor {
  return mask
    ? expand(cast(aligned(mask, losses), losses.dtype), losses.shape)
    : fill(1, losses.shape, losses.dtype);
}

/**
 * The mean over what is real: losses [...], mask over their first axes → a scalar; 0 where nothing is real. Losses that
 * weigh classes are divided by their number, not by the sum of their weights.
 */
export function meanLoss(losses: Tensor, mask?: Tensor): Tensor {
  return div(sum(zeroMasked(losses, mask)), maximum(sum(counted(losses, mask)), 1));
}

/** The mean of each example over what is real in it: losses [batch, ...] → [batch]; 0 where nothing is. */
export function exampleMean(losses: Tensor, mask?: Tensor): Tensor {
  const axes = losses.shape.slice(1).map((_, i) => i + 1);
  return div(sum(zeroMasked(losses, mask), axes), maximum(sum(counted(losses, mask), axes), 1));
}

/** @throws Error unless both shapes are the same: broadcasting a loss is a mistake nearly always. */
export function requireSameShape(op: string, a: Tensor, b: Tensor): void {
  if (!sameShape(a.shape, b.shape))
    throw traceError(op, `takes two tensors of one shape, got ${a} and ${b}.`);
}
