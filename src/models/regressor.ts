import { requireOptions } from '../tensor/requireOptions.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { Dropout } from '../nn/layers/dropout.js';
import { Linear } from '../nn/layers/linear.js';
import { Module } from '../nn/module.js';
import type { FeatureEncoder } from './featureEncoder.js';
import { requirePart } from './requirePart.js';
import type { Trainable } from './trainable.js';
import { createValueLoss, type ValueLoss, type ValueLossOptions } from './valueLoss.js';

export interface RegressorOptions extends ValueLossOptions {
  readonly encoder: FeatureEncoder;
  /** Values per example; 1 by default. */
  readonly values?: number;
  /** Of the features, before the output layer; 0 by default. */
  readonly dropout?: number;
  /** Name of the input with the true values; 'values' by default. */
  readonly labels?: string;
}

/** Says one or several values of an example: y = W f + b of its features f. */
export class Regressor extends Module implements Trainable {
  readonly encoder: FeatureEncoder;
  readonly output: Linear;
  /** Name of the input with the true values. */
  readonly labels: string;
  private readonly dropout: Dropout;
  private readonly valueLoss: ValueLoss;

  /** @throws UserError for a number of values, a dropout or a loss that cannot be. */
  constructor(options: RegressorOptions) {
    super();
    const { encoder, values = 1, dropout = 0, labels = 'values' } = options;
    requireOptions(this, 'a whole number from 1', { values });
    requirePart(this, 'features', { encoder });
    this.encoder = encoder;
    this.dropout = new Dropout(dropout);
    this.output = new Linear(encoder.outputSize, values);
    this.labels = labels;
    this.valueLoss = createValueLoss(this, options);
  }

  /** Values per example. */
  get values(): number {
    return this.output.outputSize;
  }

  /** From the encoder's inputs: [batch, values]. */
  predictions(): Tensor {
    return this.output.forward(this.dropout.forward(this.encoder.features()));
  }

  /** Input `values` float32 [batch, values], NaN for what is not known: the loss summed over the others, and their number. */
  traceLoss(): { loss: Tensor; count: Tensor } {
    return this.valueLoss(this.predictions(), this.target());
  }

  /** For evaluation: the sums of {@link traceLoss}, and the predictions [batch, values]. */
  score(): { loss: Tensor; count: Tensor; predictions: Tensor } {
    const predictions = this.predictions();
    return { ...this.valueLoss(predictions, this.target()), predictions };
  }

  private target(): Tensor {
    return input(this.labels, 'float32', ['batch', this.values]);
  }
}
