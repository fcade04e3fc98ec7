import { cast, greater, mul, where } from '../ops/elementwise.js';
import { embedding } from '../ops/gather.js';
import { sum } from '../ops/reduce.js';
import { softmax } from '../ops/softmax.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { constant, input, type Tensor } from '../tensor/tensor.js';
import { labelCrossEntropy } from '../losses/crossEntropy.js';
import { Dropout } from '../nn/layers/dropout.js';
import { Linear } from '../nn/layers/linear.js';
import { Module } from '../nn/module.js';
import type { FeatureEncoder } from './featureEncoder.js';
import { requirePart } from './requirePart.js';
import type { Trainable } from './trainable.js';

export interface ClassifierOptions {
  readonly encoder: FeatureEncoder;
  /** Number of classes. */
  readonly classes: number;
  /** What an example of each class counts, as the weight of PyTorch's CrossEntropyLoss; 1 by default. */
  readonly classWeights?: readonly number[];
  /** Share of a label that training spreads over all classes (Szegedy et al. 2016, §7); 0 by default. */
  readonly labelSmoothing?: number;
  /** Of the features, before the output layer; 0 by default. */
  readonly dropout?: number;
  /** Name of the input with the labels; 'classes' by default. */
  readonly labels?: string;
}

/** Says which of some classes an example belongs to: p = softmax(W f + b) of its features f. */
export class Classifier extends Module implements Trainable {
  readonly encoder: FeatureEncoder;
  readonly output: Linear;
  private readonly dropout: Dropout;
  private readonly classWeights: readonly number[] | undefined;
  private readonly labelSmoothing: number;
  /** Name of the input with the labels. */
  readonly labels: string;

  /** @throws UserError for sizes, a dropout or a smoothing that cannot be; weights are checked when the loss is traced. */
  constructor(options: ClassifierOptions) {
    super();
    const { encoder, classes, classWeights, labelSmoothing = 0, dropout = 0, labels = 'classes' } = options;
    requireOptions(this, 'a whole number from 1', { classes });
    requireOptions(this, 'at least 0 and below 1', { labelSmoothing });
    requirePart(this, 'features', { encoder });
    this.encoder = encoder;
    this.dropout = new Dropout(dropout);
    this.output = new Linear(encoder.outputSize, classes);
    this.classWeights = classWeights;
    this.labelSmoothing = labelSmoothing;
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
   * Input `classes` int32 [batch], −1 for an example without a label, which counts nothing. Loss is Σ w·(−log p(class)),
   * count Σ w with the weight w of the example's class, so that their ratio is PyTorch's mean; `objective` is smoothed.
   * @throws UserError unless there is a weight from 0 for each class.
   */
  traceLoss(): { loss: Tensor; count: Tensor; objective: Tensor } {
    return this.lossOf(this.logits());
  }

  /** For evaluation: the sums of {@link traceLoss} without smoothing, and p of each class [batch, classes]. */
  score(): { loss: Tensor; count: Tensor; probabilities: Tensor } {
    const logits = this.logits();
    const { loss, count } = this.lossOf(logits);
    return { loss, count, probabilities: softmax(logits) };
  }

  /** p of each class, without labels: [batch, classes]. */
  probabilities(): Tensor {
    return softmax(this.logits());
  }

  private lossOf(logits: Tensor): { loss: Tensor; count: Tensor; objective: Tensor } {
    const classes = input(this.labels, 'int32', ['batch']);
    const mask = greater(classes, -1);
    const { classWeights, labelSmoothing } = this;
    const loss = sum(labelCrossEntropy(logits, classes, { classWeights, mask }));
    const objective =
      labelSmoothing > 0
        ? sum(labelCrossEntropy(logits, classes, { classWeights, labelSmoothing, mask }))
        : loss;
    const labelled = cast(mask, 'float32');
    const count = classWeights
      ? sum(mul(embedding(constant(classWeights), where(mask, classes, 0)), labelled))
      : sum(labelled);
    return { loss, count, objective };
  }
}
