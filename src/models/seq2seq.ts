import { add, cast, div, equal, mul, neg } from '../ops/elementwise.js';
import { packRows } from '../ops/gather.js';
import { argMax, sum } from '../ops/reduce.js';
import { reshape, size } from '../ops/shape.js';
import { crossEntropy, logSoftmax } from '../ops/softmax.js';
import { product } from '../tensor/dim.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { Module } from '../nn/module.js';
import type { Trainable } from './trainable.js';
import type { Decoder } from './decoders/decoder.js';
import { sourceInputs, type Encoder } from './encoders/encoder.js';

/** The graph inputs of a training batch: the source, the target shifted right, and the labels of its real tokens. */
export interface Seq2SeqInputs {
  readonly ids: Tensor;
  readonly lengths: Tensor;
  /** [batch, time] int32: START and the target. */
  readonly target: Tensor;
  /** [tokens] int32: positions b·time + t of the real tokens. */
  readonly rows: Tensor;
  /** [batch·time] int32: 1 + index into `rows`, 0 at padding. */
  readonly slots: Tensor;
  /** [tokens] int32: the target and END. */
  readonly labels: Tensor;
}

/** The inputs of `Seq2Seq.loss` as named graph inputs; the names are those of a `Batch`. */
export function seq2seqInputs(): Seq2SeqInputs {
  return {
    ...sourceInputs(),
    target: input('targetInput', 'int32', ['batch', 'time']),
    rows: input('targetRows', 'int32', ['tokens']),
    slots: input('targetSlots', 'int32', ['batch*time']),
    labels: input('labels', 'int32', ['tokens']),
  };
}

/** An encoder and a decoder trained together on pairs of sequences (Sutskever et al. 2014). */
export class Seq2Seq extends Module implements Trainable {
  readonly encoder: Encoder;
  readonly decoder: Decoder;
  private readonly labelSmoothing: number;

  /** @throws UserError unless 0 ≤ labelSmoothing < 1. */
  constructor(parts: {
    encoder: Encoder;
    decoder: Decoder;
    /** Share of a label that training spreads over all tokens (Szegedy et al. 2016, §7); 0 by default. */
    labelSmoothing?: number;
  }) {
    super();
    const { encoder, decoder, labelSmoothing = 0 } = parts;
    requireOptions(this, 'at least 0 and below 1', { labelSmoothing });
    this.encoder = encoder;
    this.decoder = decoder;
    this.labelSmoothing = labelSmoothing;
    decoder.connect(encoder);
  }

  /** Logits of the real tokens [tokens, vocabulary], under teacher forcing; no work on padding past the recurrence. */
  logits({ ids, lengths, target, rows, slots }: Omit<Seq2SeqInputs, 'labels'>): Tensor {
    const { features } = this.decoder.forward(target, this.encoder.forward(ids, lengths));
    const [batch, time, width] = features.shape;
    const flat = reshape(features, [product([batch!, time!]), width!]);
    return this.decoder.readout(packRows(flat, rows, slots));
  }

  /** Summed cross-entropy in nats over the real tokens. Divide by their number for the loss. */
  loss(inputs: Seq2SeqInputs): Tensor {
    return sum(crossEntropy(this.logits(inputs), inputs.labels).loss);
  }

  /** The summed loss of a batch, the number of tokens it sums over, and with label smoothing the smoothed loss. */
  traceLoss(): { loss: Tensor; count: Tensor; objective: Tensor } {
    const inputs = seq2seqInputs();
    const logits = this.logits(inputs);
    const losses = crossEntropy(logits, inputs.labels).loss;
    const objective = this.labelSmoothing > 0 ? this.smoothed(losses, logits) : losses;
    return { loss: sum(losses), count: size(inputs.labels.shape[0]!), objective: sum(objective) };
  }

  /** (1 − ε) · loss + ε · the mean of −log p over all tokens. */
  private smoothed(losses: Tensor, logits: Tensor): Tensor {
    const uniform = div(sum(neg(logSoftmax(logits)), [-1]), size(logits.shape[1]!));
    return add(mul(1 - this.labelSmoothing, losses), mul(this.labelSmoothing, uniform));
  }

  /** For validation: the summed loss, the number of tokens whose likeliest label is right, and each token's loss [tokens]. */
  score(inputs: Seq2SeqInputs): { loss: Tensor; correct: Tensor; tokenLosses: Tensor } {
    const logits = this.logits(inputs);
    const tokenLosses = crossEntropy(logits, inputs.labels).loss;
    const correct = sum(cast(equal(argMax(logits), inputs.labels), 'float32'));
    return { loss: sum(tokenLosses), correct, tokenLosses };
  }
}
