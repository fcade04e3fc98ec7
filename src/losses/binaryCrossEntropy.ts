import { add, mul, neg, softplus, sub } from '../ops/elementwise.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { constant, type Tensor } from '../tensor/tensor.js';
import { requireSameShape, zeroMasked } from './masking.js';

export interface BinaryCrossEntropyOptions {
  /** What a positive counts, of all classes or of each along the last axis; 1 by default. Above 1 it raises recall. */
  readonly positiveWeight?: number | readonly number[];
  /** bool, over the first axes; all count by default. */
  readonly mask?: Tensor;
}

/**
 * Binary cross-entropy of each element in nats (logistic regression, Cox 1958), from logits x and targets y in [0, 1], with
 * the weight w of positives:
 * −w·y·log σ(x) − (1 − y)·log(1 − σ(x)), finite for huge logits.  [...], [...] → [...], 0 where the mask is false.
 * @throws UserError unless weights are finite and above 0.
 */
export function binaryCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  { positiveWeight = 1, mask }: BinaryCrossEntropyOptions = {},
): Tensor {
  requireSameShape('binaryCrossEntropy', logits, targets);
  for (const weight of [positiveWeight].flat())
    requireOptions('binaryCrossEntropy', 'a finite number above 0', { positiveWeight: weight });
  const x = zeroMasked(logits, mask);
  const y = zeroMasked(targets, mask);
  const more = sub(constant(positiveWeight, x.dtype), 1);
  const missed = mul(add(mul(more, y), 1), softplus(neg(x)));
  return zeroMasked(add(mul(sub(1, y), x), missed), mask);
}
