import { argMax, sum } from '../ops/reduce.js';
import { size } from '../ops/shape.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { Tensor } from '../tensor/tensor.js';
import { Dropout } from '../nn/layers/dropout.js';
import { Linear } from '../nn/layers/linear.js';
import { Module } from '../nn/module.js';
import type { Encoder } from './encoders/encoder.js';
import { encodedSource } from './featureEncoder.js';
import { requirePart } from './requirePart.js';
import { labelledTokens, tokenLabelInputs } from './tokenLabels.js';
import { smoothedCrossEntropy } from './tokenLoss.js';
import type { Trainable } from './trainable.js';

export interface TaggerOptions {
  readonly encoder: Encoder;
  /** Number of tags. */
  readonly tags: number;
  /** Share of a tag that training spreads over all tags (Szegedy et al. 2016, §7); 0 by default. */
  readonly labelSmoothing?: number;
  /** Of the features, before the output layer; 0 by default. */
  readonly dropout?: number;
  /** Name of the input with the tags; 'tags' by default. */
  readonly labels?: string;
}

/** Says a tag of each token: p = softmax(W h + b) of what the encoder makes of it, h. */
export class Tagger extends Module implements Trainable {
  readonly encoder: Encoder;
  readonly output: Linear;
  /** Name of the input with the tags. */
  readonly labels: string;
  private readonly dropout: Dropout;
  private readonly labelSmoothing: number;

  /** @throws UserError for a number of tags, a dropout or a smoothing that cannot be. */
  constructor(options: TaggerOptions) {
    super();
    const { encoder, tags, labelSmoothing = 0, dropout = 0, labels = 'tags' } = options;
    requireOptions(this, 'a whole number from 1', { tags });
    requireOptions(this, 'at least 0 and below 1', { labelSmoothing });
    requirePart(this, 'encoder', { encoder });
    this.encoder = encoder;
    this.dropout = new Dropout(dropout);
    this.output = new Linear(encoder.outputSize, tags);
    this.labelSmoothing = labelSmoothing;
    this.labels = labels;
  }

  /** Number of tags. */
  get tags(): number {
    return this.output.outputSize;
  }

  /** Inputs `tags`, `tagsRows` and `tagsSlots` ({@link TokenLabels}): the summed loss, and the number of tagged tokens. */
  traceLoss(): { loss: Tensor; count: Tensor; objective: Tensor } {
    const { loss, count, objective } = this.lossOf(this.features());
    return { loss, count, objective };
  }

  /** For evaluation: the sums of {@link traceLoss} without smoothing, and the likeliest tags [batch, source] int32. */
  score(): { loss: Tensor; count: Tensor; predictions: Tensor } {
    const features = this.features();
    const { loss, count } = this.lossOf(features);
    return { loss, count, predictions: this.predictionsOf(features) };
  }

  /** The likeliest tag of each token, without labels: [batch, source] int32; anything at padding. */
  predictions(): Tensor {
    return this.predictionsOf(this.features());
  }

  private features(): Tensor {
    return this.dropout.forward(encodedSource(this.encoder).output);
  }

  private predictionsOf(features: Tensor): Tensor {
    return argMax(this.output.forward(features));
  }

  private lossOf(features: Tensor): { loss: Tensor; count: Tensor; objective: Tensor } {
    const inputs = tokenLabelInputs(this.labels);
    const logits = this.output.forward(labelledTokens(features, inputs));
    const { loss, objective } = smoothedCrossEntropy(logits, inputs.labels, this.labelSmoothing);
    return { loss: sum(loss), count: size(inputs.labels.shape[0]!), objective: sum(objective) };
  }
}
