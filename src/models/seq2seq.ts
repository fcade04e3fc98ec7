import { add, mul } from '../ops/elementwise.js';
import { packRows } from '../ops/gather.js';
import { sum } from '../ops/reduce.js';
import { reshape, size } from '../ops/shape.js';
import { crossEntropy } from '../ops/softmax.js';
import { product } from '../tensor/dim.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { Module } from '../nn/module.js';
import { coverageLoss } from './coverageLoss.js';
import type { Decoder, DecoderStep, DecoderStepInput, Tensors } from './decoders/decoder.js';
import { sourceInputs, type Encoder } from './encoders/encoder.js';
import type { Generative } from './generative.js';
import { requirePart } from './requirePart.js';
import { scoreTokens, smoothedCrossEntropy, type TokenScore } from './tokenLoss.js';
import type { Trainable } from './trainable.js';

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
export class Seq2Seq extends Module implements Trainable, Generative {
  readonly encoder: Encoder;
  readonly decoder: Decoder;
  private readonly labelSmoothing: number;
  private readonly coverageLoss: number;

  /** @throws UserError unless 0 ≤ labelSmoothing < 1 and coverageLoss is a finite number from 0. */
  constructor(parts: {
    encoder: Encoder;
    decoder: Decoder;
    /** Share of a label that training spreads over all tokens (Szegedy et al. 2016, §7); 0 by default. */
    labelSmoothing?: number;
    /**
     * Weight, in what training minimises, of the attention that falls on what was attended to before; see
     * `coverageLoss`. Needs a decoder with attention; 0 by default.
     */
    coverageLoss?: number;
  }) {
    super();
    const { encoder, decoder, labelSmoothing = 0, coverageLoss = 0 } = parts;
    requireOptions(this, 'at least 0 and below 1', { labelSmoothing });
    requireOptions(this, 'a finite number from 0', { coverageLoss });
    requirePart(this, 'encoder', { encoder });
    requirePart(this, 'decoder', { decoder });
    this.encoder = encoder;
    this.decoder = decoder;
    this.labelSmoothing = labelSmoothing;
    this.coverageLoss = coverageLoss;
    decoder.connect(encoder);
  }

  /** Logits of the real tokens [tokens, vocabulary], under teacher forcing; no work on padding past the recurrence. */
  logits(inputs: Omit<Seq2SeqInputs, 'labels'>): Tensor {
    return this.forward(inputs).logits;
  }

  /** The logits, and the attention weights over the source [batch, time, source] where there are any. */
  private forward({ ids, lengths, target, rows, slots }: Omit<Seq2SeqInputs, 'labels'>): {
    logits: Tensor;
    weights: Tensor | undefined;
  } {
    const { features, weights } = this.decoder.forward(target, this.encoder.forward(ids, lengths));
    const [batch, time, width] = features.shape;
    const flat = reshape(features, [product([batch!, time!]), width!]);
    return { logits: this.decoder.readout(packRows(flat, rows, slots)), weights };
  }

  /** Summed cross-entropy in nats over the real tokens. Divide by their number for the loss. */
  loss(inputs: Seq2SeqInputs): Tensor {
    return sum(crossEntropy(this.logits(inputs), inputs.labels).loss);
  }

  /**
   * The summed loss of a batch, the number of tokens it sums over, and what training minimises: the loss with label
   * smoothing, plus the weighted coverage loss.
   * @throws UserError where a coverage loss is asked of a decoder without attention.
   */
  traceLoss(): { loss: Tensor; count: Tensor; objective: Tensor } {
    const inputs = seq2seqInputs();
    const { logits, weights } = this.forward(inputs);
    const smoothed = smoothedCrossEntropy(logits, inputs.labels, this.labelSmoothing);
    const objective = sum(smoothed.objective);
    return {
      loss: sum(smoothed.loss),
      count: size(inputs.labels.shape[0]!),
      objective: this.coverageLoss > 0 ? add(objective, this.repetition(inputs, weights)) : objective,
    };
  }

  private repetition({ rows, slots }: Seq2SeqInputs, weights: Tensor | undefined): Tensor {
    if (!weights)
      throw new UserError(
        'Seq2Seq: coverageLoss weighs what attention repeats; give the decoder an attention.',
      );
    return mul(this.coverageLoss, coverageLoss(weights, rows, slots));
  }

  /** For validation: see {@link TokenScore}. */
  score(inputs: Seq2SeqInputs): TokenScore {
    return scoreTokens(this.logits(inputs), inputs.labels);
  }

  get maxLength(): number {
    return this.decoder.maxLength;
  }

  get caches(): Decoder['caches'] {
    return this.decoder.caches;
  }

  /** The decoder's first state, and what its steps read of the source. */
  start(): { state: Tensors; memory: Tensors } {
    const { ids, lengths } = sourceInputs();
    return this.decoder.start(this.encoder.forward(ids, lengths));
  }

  step(input: DecoderStepInput): DecoderStep {
    return this.decoder.step(input);
  }
}
