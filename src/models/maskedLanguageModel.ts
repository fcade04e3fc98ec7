import { gelu } from '../ops/elementwise.js';
import { topK } from '../ops/gather.js';
import { sum } from '../ops/reduce.js';
import { softmax } from '../ops/softmax.js';
import { size } from '../ops/shape.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { Tensor } from '../tensor/tensor.js';
import { LayerNorm } from '../nn/layers/layerNorm.js';
import { Linear } from '../nn/layers/linear.js';
import { Module } from '../nn/module.js';
import type { Encoder } from './encoders/encoder.js';
import { encodedSource } from './featureEncoder.js';
import { requirePart } from './requirePart.js';
import { labelledTokens, tokenLabelInputs, type TokenLabels } from './tokenLabels.js';
import { scoreTokens, smoothedCrossEntropy, type TokenScore } from './tokenLoss.js';
import type { Trainable } from './trainable.js';

/**
 * Guesses masked tokens from all that is around them (Devlin et al. 2019): an encoder that reads in both directions, and at
 * each token to guess p = softmax(W norm(gelu(W′ h + b′)) + b) over the vocabulary. The encoder is what is kept for
 * other tasks.
 */
export class MaskedLanguageModel extends Module implements Trainable {
  readonly encoder: Encoder;
  readonly transform: Linear;
  readonly norm: LayerNorm;
  readonly output: Linear;

  /** @throws UserError unless the vocabulary, special and reserved tokens included, is a whole number from 1. */
  constructor({ encoder, vocabularySize }: { encoder: Encoder; vocabularySize: number }) {
    super();
    requireOptions(this, 'a whole number from 1', { vocabularySize });
    requirePart(this, 'encoder', { encoder });
    this.encoder = encoder;
    this.transform = new Linear(encoder.outputSize, encoder.outputSize);
    this.norm = new LayerNorm(encoder.outputSize);
    this.output = new Linear(encoder.outputSize, vocabularySize);
  }

  /** Logits at the tokens to guess: [tokens, vocabulary]. */
  logits(labels: Pick<TokenLabels, 'rows' | 'slots'>): Tensor {
    const features = labelledTokens(encodedSource(this.encoder).output, labels);
    return this.output.forward(this.norm.forward(gelu(this.transform.forward(features))));
  }

  /** Inputs `masked`, `maskedRows` and `maskedSlots` ({@link TokenLabels}): the summed loss, and the number of tokens to guess. */
  traceLoss(): { loss: Tensor; count: Tensor } {
    const inputs = tokenLabelInputs('masked');
    const { loss } = smoothedCrossEntropy(this.logits(inputs), inputs.labels, 0);
    return { loss: sum(loss), count: size(inputs.labels.shape[0]!) };
  }

  /** For validation: see {@link TokenScore}. */
  score(): TokenScore {
    const inputs = tokenLabelInputs('masked');
    return scoreTokens(this.logits(inputs), inputs.labels);
  }

  /** The `k` likeliest tokens at each of those to guess, likeliest first, and their p: [tokens, k] each. */
  guesses(k: number): { tokens: Tensor; probabilities: Tensor } {
    const { values, indices } = topK(softmax(this.logits(tokenLabelInputs('masked'))), k);
    return { tokens: indices, probabilities: values };
  }
}
