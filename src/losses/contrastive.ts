import {
  add,
  div,
  equal,
  greater,
  maximum,
  mul,
  relu,
  sqrt,
  square,
  sub,
  where,
  type Operand,
} from '../ops/elementwise.js';
import { matmul } from '../ops/matmul.js';
import { sum } from '../ops/reduce.js';
import { concat, positions, reshape } from '../ops/shape.js';
import { crossEntropy } from '../ops/softmax.js';
import { product } from '../tensor/dim.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { Tensor } from '../tensor/tensor.js';
import { requireSameShape, zeroMasked } from './masking.js';

export interface ContrastiveOptions {
  /** Divides the cosines: low values make hard negatives count more. CLIP learns it, as a scalar tensor. 0.05 by default (Gao et al. 2021). */
  readonly temperature?: Operand;
  /** [batch] bool: pairs where it is false are neither compared nor negatives of others; all count by default. */
  readonly mask?: Tensor;
}

/** Below every cosine over a temperature by far, and finite. */
const EXCLUDED = -1e9;
/** Squared length under which a vector has no direction: a normal float32 whose root divides without overflow. */
const LEAST_SQUARE = 1e-24;

/** x ÷ ‖x‖ along the last axis; a zero vector stays one, and takes no gradient. */
function unit(x: Tensor): Tensor {
  const squared = sum(square(x), [-1], true);
  const inverse = div(1, sqrt(maximum(squared, LEAST_SQUARE)));
  return mul(x, where(greater(squared, LEAST_SQUARE), inverse, 0));
}

/** Two batches of paired vectors as directions, what their cosines are divided by, and columns that nothing may choose. */
function prepare(op: string, a: Tensor, b: Tensor, { temperature = 0.05, mask }: ContrastiveOptions) {
  requireSameShape(op, a, b);
  if (typeof temperature === 'number') requireOptions(op, 'a finite number above 0', { temperature });
  const [left, right] = [unit(zeroMasked(a, mask)), unit(zeroMasked(b, mask))];
  const batch = a.shape[0]!;
  const compare = (x: Tensor, y: Tensor): Tensor => {
    const scores = div(matmul(x, y, { transposeB: true }), temperature);
    return mask ? where(reshape(mask, [1, batch]), scores, EXCLUDED) : scores;
  };
  /** −log of the share that row i of the scores gives to column i. */
  const pick = (scores: Tensor) => zeroMasked(crossEntropy(scores, positions(batch)).loss, mask);
  return { left, right, batch, compare, pick };
}

const mean = (a: Tensor, b: Tensor) => mul(add(a, b), 0.5);

/**
 * InfoNCE with the batch as negatives (van den Oord et al. 2018; SimCSE, Gao et al. 2021):
 * −log( exp(cos(qᵢ, kᵢ)/τ) ÷ Σⱼ exp(cos(qᵢ, kⱼ)/τ) ).  queries, keys [batch, D] → [batch], 0 where the mask is false.
 * @throws UserError unless the temperature is above 0.
 */
export function infoNce(queries: Tensor, keys: Tensor, options: ContrastiveOptions = {}): Tensor {
  const { left, right, compare, pick } = prepare('infoNce', queries, keys, options);
  return pick(compare(left, right));
}

/**
 * InfoNCE in both directions, averaged, as CLIP aligns two kinds of input (Radford et al. 2021).
 * a, b [batch, D] → [batch], 0 where the mask is false.
 * @throws UserError unless the temperature is above 0.
 */
export function symmetricInfoNce(a: Tensor, b: Tensor, options: ContrastiveOptions = {}): Tensor {
  const { left, right, compare, pick } = prepare('symmetricInfoNce', a, b, options);
  return mean(pick(compare(left, right)), pick(compare(right, left)));
}

/**
 * NT-Xent of SimCLR (Chen et al. 2020): each view of an example must find the other among both views of all examples,
 * itself excepted; the mean of its two views.  a, b [batch, D] → [batch], 0 where the mask is false.
 * @throws UserError unless the temperature is above 0.
 */
export function ntXent(a: Tensor, b: Tensor, options: ContrastiveOptions = {}): Tensor {
  const { left, right, batch, compare, pick } = prepare('ntXent', a, b, options);
  const at = positions(batch);
  const same = equal(reshape(at, [batch, 1]), reshape(at, [1, batch]));
  const view = (own: Tensor, other: Tensor): Tensor => {
    const others = where(same, EXCLUDED, compare(own, own));
    const blocks = [compare(own, other), others].map((scores) => reshape(scores, [batch, 1, batch]));
    return pick(reshape(concat(blocks, 1), [batch, product([2, batch])]));
  };
  return mean(view(left, right), view(right, left));
}

/** Squared distance under which two vectors are one: the direction that would part them is undefined, and takes no gradient. */
const SAME_SQUARE = 1e-12;

/**
 * The contrastive loss with a margin (Hadsell et al. 2006), with d = ‖a − b‖: d²/2 for pairs that belong together,
 * max(0, margin − d)²/2 for the others.  a, b [batch, D], same [batch] bool → [batch], 0 where the mask [batch] is false.
 * @throws UserError unless the margin is finite and above 0.
 */
export function marginContrastive(
  a: Tensor,
  b: Tensor,
  same: Tensor,
  { margin = 1, mask }: { margin?: number; mask?: Tensor } = {},
): Tensor {
  requireSameShape('marginContrastive', a, b);
  requireOptions('marginContrastive', 'a finite number above 0', { margin });
  const squared = sum(square(sub(zeroMasked(a, mask), zeroMasked(b, mask))), [-1]);
  const short = relu(sub(margin, sqrt(maximum(squared, SAME_SQUARE))));
  return zeroMasked(mul(where(same, squared, square(short)), 0.5), mask);
}
