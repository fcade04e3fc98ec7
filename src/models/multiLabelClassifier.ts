import { cast, equal, sigmoid } from '../ops/elementwise.js';
import { sum } from '../ops/reduce.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { binaryCrossEntropy } from '../losses/binaryCrossEntropy.js';
import { Dropout } from '../nn/layers/dropout.js';
import { Linear } from '../nn/layers/linear.js';
import { Module } from '../nn/module.js';
import type { FeatureEncoder } from './featureEncoder.js';
import { requirePart } from './requirePart.js';
import type { Trainable } from './trainable.js';

export interface MultiLabelClassifierOptions {
  readonly encoder: FeatureEncoder;
  /** Number of classes. */
  readonly classes: number;
  /** What a positive counts, of all classes or of each (PyTorch's pos_weight); 1 by default. */
  readonly positiveWeight?: number | readonly number[];
  /** Of the features, before the output layer; 0 by default. */
  readonly dropout?: number;
  /** Name of the input with the labels; 'classes' by default. */
  readonly labels?: string;
}

/** Says of each class whether an example belongs to it, to none or several: p = σ(W f + b) of its features f. */
export class MultiLabelClassifier extends Module implements Trainable {
  readonly encoder: FeatureEncoder;
  readonly output: Linear;
  /** Name of the input with the labels. */
  readonly labels: string;
  private readonly dropout: Dropout;
  private readonly positiveWeight: number | readonly number[];

  /** @throws UserError for sizes or a dropout that cannot be; weights are checked when the loss is traced. */
  constructor(options: MultiLabelClassifierOptions) {
    super();
    const { encoder, classes, positiveWeight = 1, dropout = 0, labels = 'classes' } = options;
    requireOptions(this, 'a whole number from 1', { classes });
    requirePart(this, 'features', { encoder });
    this.encoder = encoder;
    this.dropout = new Dropout(dropout);
    this.output = new Linear(encoder.outputSize, classes);
    this.positiveWeight = positiveWeight;
    this.labels = labels;
  }

  /** Number of classes. */
  get classes(): number {
    return this.output.outputSize;
  }

  /** From the encoder's inputs: [batch, classes]. */
  logits(): Tensor {
    return this.output.forward(this.dropout.forward(this.encoder.features()));
  }

  /**
   * Input `classes` float32 [batch, classes], 1 or 0, NaN for what is not known: the binary cross-entropy summed over the
   * others, and their number.
   */
  traceLoss(): { loss: Tensor; count: Tensor } {
    return this.lossOf(this.logits());
  }

  /** For evaluation: the sums of {@link traceLoss}, and p of each class [batch, classes]. */
  score(): { loss: Tensor; count: Tensor; predictions: Tensor } {
    const logits = this.logits();
    return { ...this.lossOf(logits), predictions: sigmoid(logits) };
  }

  /** p of each class, without labels: [batch, classes]. */
  predictions(): Tensor {
    return sigmoid(this.logits());
  }

  private lossOf(logits: Tensor): { loss: Tensor; count: Tensor } {
    const { positiveWeight } = this;
    const targets = input(this.labels, 'float32', ['batch', this.classes]);
    // NaN alone differs from itself.
    const mask = equal(targets, targets);
    const losses = binaryCrossEntropy(logits, targets, { positiveWeight, mask });
    return { loss: sum(losses), count: sum(cast(mask, 'float32')) };
  }
}
