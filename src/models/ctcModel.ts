import { cast } from '../ops/elementwise.js';
import { ctcLoss } from '../ops/ctc.js';
import { sum } from '../ops/reduce.js';
import { logSoftmax } from '../ops/softmax.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { PAD } from '../text/vocabulary.js';
import { Linear } from '../nn/layers/linear.js';
import { stridedLengths } from '../nn/layers/subsampling.js';
import { Module } from '../nn/module.js';
import { sourceInputs, type Encoder } from './encoders/encoder.js';
import { frameInputs, readsFrames, type FrameEncoder, type FrameInputs } from './encoders/frameEncoder.js';
import { requirePart } from './requirePart.js';
import type { Trainable } from './trainable.js';

/** The class of frames without a label. No label is ever PAD, so the vocabulary needs no further token. */
export const BLANK = PAD;

/** What a CTC model reads: token ids [batch, source] int32 or frames [batch, time, bands], and how many are real [batch] int32. */
export type CtcSource = { readonly ids: Tensor; readonly lengths: Tensor } | FrameInputs;

/** The graph inputs of a batch for CTC: the source, and the labels with their lengths. */
export type CtcInputs = CtcSource & {
  /** [batch, labels] int32. */
  readonly labels: Tensor;
  /** [batch] int32. */
  readonly labelLengths: Tensor;
};

/** What an encoder reads as named graph inputs: by default token ids, `source` and `sourceLengths`; see {@link frameInputs}. */
export function ctcSource(encoder?: Encoder | FrameEncoder): CtcSource {
  return encoder && readsFrames(encoder) ? frameInputs(encoder) : sourceInputs();
}

/** The inputs of `CtcModel.loss` as named graph inputs; the names are those of a `CtcBatch`, of frames those of a `SpokenDataset`. */
export function ctcInputs(encoder?: Encoder | FrameEncoder): CtcInputs {
  return {
    ...ctcSource(encoder),
    labels: input('labels', 'int32', ['batch', 'labels']),
    labelLengths: input('labelLengths', 'int32', ['batch']),
  };
}

/**
 * Labels a source in its order, without a decoder (Graves et al. 2006): an encoder, and at each of its positions a
 * distribution over the vocabulary and the blank, trained by {@link ctcLoss} without knowing which position is whose.
 * An encoder of tokens has a position for each, one of recordings (`RecurrentFrameEncoder`) for each `stride` frames; an answer
 * has at most as many tokens as there are positions.
 */
export class CtcModel<E extends Encoder | FrameEncoder = Encoder | FrameEncoder>
  extends Module
  implements Trainable
{
  readonly encoder: E;
  private readonly output: Linear;

  /** @throws UserError unless the vocabulary, special tokens included, is a whole number from 1. */
  constructor({ encoder, vocabularySize }: { encoder: E; vocabularySize: number }) {
    super();
    requireOptions(this, 'a whole number from 1', { vocabularySize });
    requirePart(this, readsFrames(encoder) ? 'frames' : 'tokensOrFrames', { encoder });
    this.encoder = encoder;
    this.output = new Linear(encoder.outputSize, vocabularySize);
  }

  /** Tokens, the blank among them. */
  get vocabularySize(): number {
    return this.output.outputSize;
  }

  /** Tokens or frames that become one position: ⌈length ÷ stride⌉ positions come of a source. */
  get stride(): number {
    return readsFrames(this.encoder) ? this.encoder.stride : 1;
  }

  /** ids or frames with their lengths → [batch, positions, vocabulary]. */
  logits(source: CtcSource): Tensor {
    const values = 'frames' in source ? source.frames : source.ids;
    return this.output.forward(this.encoder.forward(values, source.lengths).output);
  }

  /** What decoding reads: log p of the vocabulary at each position [batch, positions, vocabulary]. */
  logProbabilities(source: CtcSource): Tensor {
    return logSoftmax(this.logits(source));
  }

  /** Summed loss in nats over the examples. Divide by the number of their labels for the loss per token. */
  loss(inputs: CtcInputs): Tensor {
    return sum(this.losses(inputs, this.logits(inputs)));
  }

  /**
   * The summed loss of a batch and its number of labels: the loss is in nats per real token, as that of a decoder, so
   * that long answers count by their length. It has no END, since the end of the source is also that of the answer; an
   * example with an empty answer adds to the loss alone.
   */
  traceLoss(): { loss: Tensor; count: Tensor } {
    const inputs = ctcInputs(this.encoder);
    return { loss: this.loss(inputs), count: sum(cast(inputs.labelLengths, 'float32')) };
  }

  /**
   * For validation: the summed loss, −log p(labels | source) of each example [batch], and the log-probabilities
   * [batch, positions, vocabulary].
   */
  score(inputs: CtcInputs): { loss: Tensor; exampleLosses: Tensor; logProbabilities: Tensor } {
    const logits = this.logits(inputs);
    const exampleLosses = this.losses(inputs, logits);
    return { loss: sum(exampleLosses), exampleLosses, logProbabilities: logSoftmax(logits) };
  }

  private losses({ labels, lengths, labelLengths }: CtcInputs, logits: Tensor): Tensor {
    return ctcLoss(logits, labels, stridedLengths(lengths, this.stride), labelLengths, { blank: BLANK });
  }
}
