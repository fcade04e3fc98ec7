import { abs, minimum, mul, square, sub } from '../ops/elementwise.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { Tensor } from '../tensor/tensor.js';
import { exampleMean, requireSameShape, zeroMasked } from './masking.js';

/** prediction − target where the mask (over the first axes) is true, 0 elsewhere. */
function difference(op: string, prediction: Tensor, target: Tensor, mask?: Tensor): Tensor {
  requireSameShape(op, prediction, target);
  return sub(zeroMasked(prediction, mask), zeroMasked(target, mask));
}

/** (prediction − target)² of each element, 0 where the mask is false.  [...], [...], mask over the first axes → [...]. */
export function squaredError(prediction: Tensor, target: Tensor, mask?: Tensor): Tensor {
  return square(difference('squaredError', prediction, target, mask));
}

/** |prediction − target| of each element, 0 where the mask is false.  Shapes as `squaredError`. */
export function absoluteError(prediction: Tensor, target: Tensor, mask?: Tensor): Tensor {
  return abs(difference('absoluteError', prediction, target, mask));
}

/**
 * Mean squared error of each example over its real elements: prediction and target [batch, ...], mask over the first
 * axes → [batch]; 0 for an example without any.
 */
export function meanSquaredError(prediction: Tensor, target: Tensor, mask?: Tensor): Tensor {
  return exampleMean(squaredError(prediction, target, mask), mask);
}

/** Mean absolute error of each example over its real elements.  Shapes as `meanSquaredError`. */
export function meanAbsoluteError(prediction: Tensor, target: Tensor, mask?: Tensor): Tensor {
  return exampleMean(absoluteError(prediction, target, mask), mask);
}

/**
 * Huber's loss of each element (Huber 1964): e²/2 up to |e| = delta, delta·(|e| − delta/2) beyond, so that outliers pull
 * no harder than delta.  Shapes as `squaredError`.
 * @throws UserError unless delta is finite and above 0.
 */
export function huber(
  prediction: Tensor,
  target: Tensor,
  { delta = 1, mask }: { delta?: number; mask?: Tensor } = {},
): Tensor {
  requireOptions('huber', 'a finite number above 0', { delta });
  const size = abs(difference('huber', prediction, target, mask));
  const bounded = minimum(size, delta);
  // Both branches in one, and never the square of an outlier.
  return mul(bounded, sub(size, mul(bounded, 0.5)));
}
