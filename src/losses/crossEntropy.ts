import { add, div, mul, neg, where } from '../ops/elementwise.js';
import { embedding } from '../ops/gather.js';
import { sum } from '../ops/reduce.js';
import { reshape, size } from '../ops/shape.js';
import { crossEntropy, logSoftmax } from '../ops/softmax.js';
import { product } from '../tensor/dim.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { constant, type Tensor } from '../tensor/tensor.js';
import { requireSameShape, zeroMasked } from './masking.js';

export interface CrossEntropyOptions {
  /** What an example of each class counts; 1 by default. */
  readonly classWeights?: readonly number[];
  /** Share of a target that is spread over all classes (Szegedy et al. 2016, §7); 0 by default. */
  readonly labelSmoothing?: number;
  /** bool, of the shape of the losses; labels may hold anything where it is false. All count by default. */
  readonly mask?: Tensor;
}

/** The class weights as a tensor [classes]. */
function weightsOf(op: string, logits: Tensor, weights?: readonly number[]): Tensor | undefined {
  if (!weights) return undefined;
  const classes = logits.shape.at(-1)!;
  if (weights.length !== classes)
    throw new UserError(
      `${op}: classWeights has ${weights.length} entries; there are ${classes} classes. Give one for each.`,
    );
  weights.forEach((weight, i) =>
    requireOptions(op, 'a finite number from 0', { [`classWeights[${i}]`]: weight }),
  );
  return constant(weights, logits.dtype);
}

/** −log softmax(logits), each class times its weight. */
function surprisal(logits: Tensor, weights?: Tensor): Tensor {
  const each = neg(logSoftmax(logits));
  return weights ? mul(each, weights) : each;
}

/** (1 − ε) · loss + ε · the mean of the weighted −log p over all classes. */
function smoothed(losses: Tensor, each: Tensor, labelSmoothing: number): Tensor {
  const uniform = div(sum(each, [-1]), size(each.shape.at(-1)!, each.dtype));
  return add(mul(1 - labelSmoothing, losses), mul(labelSmoothing, uniform));
}

/**
 * Cross-entropy with labels (Bridle 1990), in nats: w_label · −log p(label), p = softmax(logits), smoothed on request, as
 * PyTorch's with reduction 'none'.
 * logits [..., classes], labels [...] int32 from 0 to classes − 1 → [...], 0 where the mask is false. Where labels mark
 * what has none with −1, mask them out: `mask: greater(labels, -1)`. Else negative ones count from the last class, as indices
 * of ONNX do, to −classes; a run refuses what lies beyond.
 * @throws UserError unless there is a weight from 0 for each class, and 0 ≤ labelSmoothing < 1.
 */
export function labelCrossEntropy(
  logits: Tensor,
  labels: Tensor,
  { classWeights, labelSmoothing = 0, mask }: CrossEntropyOptions = {},
): Tensor {
  requireOptions('labelCrossEntropy', 'at least 0 and below 1', { labelSmoothing });
  const weights = weightsOf('labelCrossEntropy', logits, classWeights);
  const real = mask ? where(mask, labels, 0) : labels;
  const rows = product(real.shape);
  const flat = crossEntropy(reshape(logits, [rows, logits.shape.at(-1)!]), reshape(real, [rows])).loss;
  const plain = reshape(flat, real.shape);
  const losses = weights ? mul(plain, embedding(weights, real)) : plain;
  const all = labelSmoothing > 0 ? smoothed(losses, surprisal(logits, weights), labelSmoothing) : losses;
  return zeroMasked(all, mask);
}

/**
 * Cross-entropy with a distribution t as the target, in nats: −Σ_c w_c · t_c · log p_c, p = softmax(logits); a teacher's
 * probabilities (Hinton et al. 2015), or labels that several people gave.  logits [..., classes], targets [..., classes] → [...], 0 where the mask is false.
 * @throws UserError as `labelCrossEntropy`.
 */
export function denseCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  { classWeights, labelSmoothing = 0, mask }: CrossEntropyOptions = {},
): Tensor {
  requireSameShape('denseCrossEntropy', logits, targets);
  requireOptions('denseCrossEntropy', 'at least 0 and below 1', { labelSmoothing });
  const each = surprisal(logits, weightsOf('denseCrossEntropy', logits, classWeights));
  const losses = sum(mul(zeroMasked(targets, mask), each), [-1]);
  return zeroMasked(labelSmoothing > 0 ? smoothed(losses, each, labelSmoothing) : losses, mask);
}
