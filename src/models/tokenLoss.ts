import { labelCrossEntropy } from '../losses/crossEntropy.js';
import { cast, equal } from '../ops/elementwise.js';
import { argMax, sum } from '../ops/reduce.js';
import { crossEntropy } from '../ops/softmax.js';
import type { Tensor } from '../tensor/tensor.js';

/**
 * Cross-entropy of each token in nats, and what training minimises: with label smoothing ε it is
 * (1 − ε) · loss + ε · the mean of −log p over all tokens (Szegedy et al. 2016, §7), else the loss itself.
 * logits [tokens, vocabulary], labels [tokens] int32 → [tokens] each.
 */
export function smoothedCrossEntropy(
  logits: Tensor,
  labels: Tensor,
  labelSmoothing: number,
): { loss: Tensor; objective: Tensor } {
  const { loss } = crossEntropy(logits, labels);
  if (labelSmoothing === 0) return { loss, objective: loss };
  return { loss, objective: labelCrossEntropy(logits, labels, { labelSmoothing }) };
}

/** How well a model foretells the tokens of a batch. */
export interface TokenScore {
  /** Σ nats over the real tokens. */
  readonly loss: Tensor;
  /** Number of tokens whose likeliest label is right. */
  readonly correct: Tensor;
  /** Nats of each token: [tokens]. */
  readonly tokenLosses: Tensor;
}

/** logits [tokens, vocabulary], labels [tokens] int32. */
export function scoreTokens(logits: Tensor, labels: Tensor): TokenScore {
  const tokenLosses = crossEntropy(logits, labels).loss;
  const correct = sum(cast(equal(argMax(logits), labels), 'float32'));
  return { loss: sum(tokenLosses), correct, tokenLosses };
}
