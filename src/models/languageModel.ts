import { add } from '../ops/elementwise.js';
import { packRows } from '../ops/gather.js';
import { linear } from '../ops/matmul.js';
import { sum } from '../ops/reduce.js';
import { reshape, size as sizeOf } from '../ops/shape.js';
import { product, type Dim } from '../tensor/dim.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { causalMask } from '../nn/layers/causalMask.js';
import { LayerNorm } from '../nn/layers/layerNorm.js';
import { Dropout } from '../nn/layers/dropout.js';
import { Embedding } from '../nn/layers/embedding.js';
import { createPositions, type Positions, type PositionType } from '../nn/layers/positions.js';
import { throughBlocks } from '../nn/layers/throughBlocks.js';
import { TransformerEncoderLayer, type TransformerStackOptions } from '../nn/layers/transformer.js';
import { gaussian } from '../nn/initializers.js';
import { Module } from '../nn/module.js';
import { appendedTo, blockCaches, cacheOf } from './decoders/blockCaches.js';
import type { Decoder, DecoderStep, DecoderStepInput, Tensors } from './decoders/decoder.js';
import type { Generative } from './generative.js';
import { scoreTokens, smoothedCrossEntropy, type TokenScore } from './tokenLoss.js';
import type { Trainable } from './trainable.js';

export interface LanguageModelOptions extends TransformerStackOptions {
  readonly vocabularySize: number;
  /** 'learned' by default. */
  readonly positions?: PositionType;
  /** Longest text that is read in one go, for learned positions; 512 by default. */
  readonly maxLength?: number;
  /** Share of a label that training spreads over all tokens (Szegedy et al. 2016, §7); 0 by default. */
  readonly labelSmoothing?: number;
}

/** The graph inputs of a batch of texts to model. */
export interface LanguageModelInputs {
  /** [batch, time] int32: each text shifted right. */
  readonly target: Tensor;
  /** [tokens] int32: positions b·time + t of the real tokens. */
  readonly rows: Tensor;
  /** [batch·time] int32: 1 + index into `rows`, 0 at padding. */
  readonly slots: Tensor;
  /** [tokens] int32: what follows at each of `rows`. */
  readonly labels: Tensor;
}

/** The inputs of a `LanguageModel` as named graph inputs. */
export function languageModelInputs(): LanguageModelInputs {
  return {
    target: input('targetInput', 'int32', ['batch', 'time']),
    rows: input('targetRows', 'int32', ['tokens']),
    slots: input('targetSlots', 'int32', ['batch*time']),
    labels: input('labels', 'int32', ['tokens']),
  };
}

/**
 * A decoder-only Transformer that says of each token what comes next (Radford et al. 2019): blocks of causal
 * self-attention, and an output layer that shares its weights with the embedding (Press & Wolf 2017).
 */
export class LanguageModel extends Module implements Trainable, Generative {
  readonly maxLength: number;
  private readonly embedding: Embedding;
  private readonly positions: Positions | undefined;
  private readonly dropout: Dropout;
  private readonly layers: TransformerEncoderLayer[];
  private readonly norm: LayerNorm | undefined;
  private readonly labelSmoothing: number;
  private readonly size: number;
  private readonly heads: number;
  private readonly gradientCheckpointing: boolean;

  /** @throws UserError for sizes, heads, dropout, label smoothing or names that cannot be. */
  constructor(options: LanguageModelOptions) {
    super();
    const { vocabularySize, size, heads, layers, norm = 'pre', dropout = 0, labelSmoothing = 0 } = options;
    requireOptions(this, 'a whole number from 1', { layers });
    requireOptions(this, 'at least 0 and below 1', { labelSmoothing });
    this.size = size;
    this.heads = heads;
    this.gradientCheckpointing = options.gradientCheckpointing ?? false;
    this.labelSmoothing = labelSmoothing;
    this.embedding = new Embedding(vocabularySize, size, gaussian(0.02));
    this.positions = createPositions(options.positions ?? 'learned', size, options.maxLength);
    this.maxLength = this.positions?.maxLength ?? Infinity;
    this.dropout = new Dropout(dropout);
    this.layers = Array.from({ length: layers }, () => new TransformerEncoderLayer(options));
    this.norm = norm === 'pre' ? new LayerNorm(size) : undefined;
  }

  /** Keys and values of each block: what steps leave for those after them. */
  get caches(): Decoder['caches'] {
    return blockCaches(this.layers.length, { heads: this.heads, size: this.size });
  }

  /** ids [batch, time] → a vector per position that has seen the tokens up to there: [batch, time, size]. */
  forward(ids: Tensor): Tensor {
    const time = ids.shape[1]!;
    const x = this.dropout.forward(this.placed(ids, (positions) => positions.along(time)));
    const { gradientCheckpointing } = this;
    return this.finish(throughBlocks(x, this.layers, { mask: causalMask(time), gradientCheckpointing }));
  }

  /** Logits of the real tokens: [tokens, vocabulary]. */
  logits({ target, rows, slots }: Omit<LanguageModelInputs, 'labels'>): Tensor {
    const features = this.forward(target);
    const [batch, time] = target.shape as [Dim, Dim];
    return this.readout(packRows(reshape(features, [product([batch, time]), this.size]), rows, slots));
  }

  /** The summed loss of a batch, the number of tokens it sums over, and the smoothed loss to minimise. */
  traceLoss(): { loss: Tensor; count: Tensor; objective: Tensor } {
    const inputs = languageModelInputs();
    const { loss, objective } = smoothedCrossEntropy(this.logits(inputs), inputs.labels, this.labelSmoothing);
    return { loss: sum(loss), count: sizeOf(inputs.labels.shape[0]!), objective: sum(objective) };
  }

  /** For validation: see {@link TokenScore}. */
  score(inputs: LanguageModelInputs): TokenScore {
    return scoreTokens(this.logits(inputs), inputs.labels);
  }

  /** Nothing but the caches, which begin empty. */
  start(): { state: Tensors; memory: Tensors } {
    return { state: {}, memory: {} };
  }

  step({ ids, position, caches }: DecoderStepInput): DecoderStep {
    const rows = product(ids.shape);
    let x = this.placed(reshape(ids, [rows, 1]), (positions) => positions.at(position));
    const appended: Record<string, Tensor> = {};
    this.layers.forEach((layer, i) => {
      const { output, own } = layer.step(x, cacheOf(caches, i, position));
      x = output;
      Object.assign(appended, appendedTo(i, own));
    });
    const logits = this.readout(reshape(this.finish(x), [rows, this.size]));
    return { logits, state: {}, appended, weights: undefined };
  }

  /** Tokens and, where positions are added to them, those: [..., size]. */
  private placed(ids: Tensor, vectors: (positions: Positions) => Tensor): Tensor {
    const tokens = this.embedding.forward(ids);
    return this.positions ? add(tokens, vectors(this.positions)) : tokens;
  }

  private finish(x: Tensor): Tensor {
    return this.norm ? this.norm.forward(x) : x;
  }

  private readout(features: Tensor): Tensor {
    return linear(features, this.embedding.weight);
  }
}
