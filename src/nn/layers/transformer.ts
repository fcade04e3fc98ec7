import { add, gelu, relu } from '../../ops/elementwise.js';
import { requireOneOf, requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { Dropout } from './dropout.js';
import { LayerNorm } from './layerNorm.js';
import { Linear } from './linear.js';
import { MultiHeadAttention, type HeadCache, type HeadMemory } from './multiHeadAttention.js';
import type { PositionType } from './positions.js';

const activations = { relu, gelu };
export const activationTypes = ['relu', 'gelu'] as const;
export type ActivationType = (typeof activationTypes)[number];
export const normPlaces = ['pre', 'post'] as const;
/**
 * Where a block normalises: 'pre' before each part, x + f(norm(x)), which trains without a warm-up (Xiong et al. 2020);
 * 'post' after the sum, norm(x + f(x)), as Vaswani et al. 2017.
 */
export type NormPlace = (typeof normPlaces)[number];

export interface TransformerLayerOptions {
  /** Features of a token. */
  readonly size: number;
  /** Of each attention; must divide the size. */
  readonly heads: number;
  /** Features inside the feed-forward part; four times `size` by default. */
  readonly hiddenSize?: number;
  /** Of the feed-forward part; 'relu' by default. */
  readonly activation?: ActivationType;
  /** 'pre' by default. */
  readonly norm?: NormPlace;
  /** Of attention weights, inside the feed-forward part, and of what each part adds; 0 by default. */
  readonly dropout?: number;
  /** 'rotary' acts in the self-attention of each block, the others before the first; 'sinusoidal' by default, in a language model 'learned'. */
  readonly positions?: PositionType;
}

export interface TransformerStackOptions extends TransformerLayerOptions {
  /** Blocks. */
  readonly layers: number;
  /** Computes each block twice instead of keeping its inner values for the backward pass; see `checkpoint`. False by default. */
  readonly gradientCheckpointing?: boolean;
}

/**
 * The feed-forward part of a block (Vaswani et al. 2017, §3.3): W₂ activation(W₁ x + b₁) + b₂, position by position.
 * x [..., size] → [..., size].
 */
export class FeedForward extends Module {
  private readonly expand: Linear;
  private readonly contract: Linear;
  private readonly dropout: Dropout;
  private readonly activation: (x: Tensor) => Tensor;

  /** @throws UserError unless the sizes are whole numbers from 1, the activation is known, and 0 ≤ dropout < 1. */
  constructor({
    size,
    hiddenSize = 4 * size,
    activation = 'relu',
    dropout = 0,
  }: Omit<TransformerLayerOptions, 'heads'>) {
    super();
    requireOptions(this, 'a whole number from 1', { size, hiddenSize });
    requireOneOf(this, activationTypes, { activation });
    this.activation = activations[activation];
    this.expand = new Linear(size, hiddenSize);
    this.contract = new Linear(hiddenSize, size);
    this.dropout = new Dropout(dropout);
  }

  forward(x: Tensor): Tensor {
    return this.contract.forward(this.dropout.forward(this.activation(this.expand.forward(x))));
  }
}

/** A part f of a block with its residual connection, normalisation and dropout: see `NormPlace`. */
class Residual extends Module {
  readonly norm: LayerNorm;
  private readonly dropout: Dropout;
  private readonly place: NormPlace;

  constructor({ size, norm = 'pre', dropout = 0 }: TransformerLayerOptions) {
    super();
    requireOneOf('a Transformer layer', normPlaces, { norm });
    this.place = norm;
    this.norm = new LayerNorm(size);
    this.dropout = new Dropout(dropout);
  }

  forward(x: Tensor, part: (x: Tensor) => Tensor): Tensor {
    if (this.place === 'pre') return add(x, this.dropout.forward(part(this.norm.forward(x))));
    return this.norm.forward(add(x, this.dropout.forward(part(x))));
  }
}

/**
 * A Transformer encoder block: self-attention and feed-forward, each with a residual connection.
 * 'pre' (Xiong et al. 2020): a = x + attention(norm(x)), y = a + feedForward(norm(a));
 * 'post' (Vaswani et al. 2017): a = norm(x + attention(x)), y = norm(a + feedForward(a)).
 */
export class TransformerEncoderLayer extends Module {
  private readonly selfAttention: MultiHeadAttention;
  private readonly feedForward: FeedForward;
  private readonly attentionResidual: Residual;
  private readonly feedForwardResidual: Residual;

  /** @throws UserError for sizes, heads, dropout or names that cannot be. */
  constructor(options: TransformerLayerOptions) {
    super();
    this.selfAttention = new MultiHeadAttention({ ...options, rotary: options.positions === 'rotary' });
    this.feedForward = new FeedForward(options);
    this.attentionResidual = new Residual(options);
    this.feedForwardResidual = new Residual(options);
  }

  /** x [batch, time, size], mask broadcastable to [batch, heads, time, time]. */
  forward(x: Tensor, mask: Tensor): Tensor {
    const { selfAttention, feedForward } = this;
    const attended = this.attentionResidual.forward(
      x,
      (y) => selfAttention.forward(y, selfAttention.prepare(y), mask).output,
    );
    return this.feedForwardResidual.forward(attended, (y) => feedForward.forward(y));
  }

  /** One step under a causal mask: x [rows, 1, size] with the cache of the steps before → the same, and what it adds to the cache. */
  step(x: Tensor, cache: HeadCache): { output: Tensor; own: HeadMemory } {
    let own: HeadMemory | undefined;
    const attended = this.attentionResidual.forward(x, (y) => {
      const result = this.selfAttention.step(y, cache);
      own = result.own;
      return result.output;
    });
    const output = this.feedForwardResidual.forward(attended, (y) => this.feedForward.forward(y));
    return { output, own: own! };
  }
}

/**
 * A Transformer decoder block (Vaswani et al. 2017; with pre-norm Xiong et al. 2020): self-attention, attention over the
 * source, feed-forward, each with a residual connection as in an encoder block.
 */
export class TransformerDecoderLayer extends Module {
  private readonly selfAttention: MultiHeadAttention;
  private readonly crossAttention: MultiHeadAttention;
  private readonly feedForward: FeedForward;
  private readonly selfResidual: Residual;
  private readonly crossResidual: Residual;
  private readonly feedForwardResidual: Residual;

  /** @throws UserError for sizes, heads, dropout or names that cannot be. */
  constructor(options: TransformerLayerOptions & { readonly memorySize: number }) {
    super();
    const { memorySize, ...own } = options;
    this.selfAttention = new MultiHeadAttention({ ...own, rotary: own.positions === 'rotary' });
    this.crossAttention = new MultiHeadAttention({ ...own, memorySize });
    this.feedForward = new FeedForward(own);
    this.selfResidual = new Residual(own);
    this.crossResidual = new Residual(own);
    this.feedForwardResidual = new Residual(own);
  }

  /** The source as the cross-attention reads it: memory [batch, source, M]. */
  prepare(memory: Tensor): HeadMemory {
    return this.crossAttention.prepare(memory);
  }

  /** x [batch, time, size], causal and source masks as the attentions take them → the same, and the weights over the source. */
  forward(
    x: Tensor,
    memory: HeadMemory,
    masks: { causal: Tensor; source: Tensor },
  ): { output: Tensor; weights: Tensor } {
    const { selfAttention } = this;
    const attended = this.selfResidual.forward(
      x,
      (y) => selfAttention.forward(y, selfAttention.prepare(y), masks.causal).output,
    );
    return this.afterSelf(attended, memory, masks.source);
  }

  /**
   * One step: x [rows, 1, size] with the cache of the steps before; `spread` and `gather` turn rows into [batch, beam]
   * and back, so that beams of an example share its source.
   */
  step(
    x: Tensor,
    options: {
      cache: HeadCache;
      memory: HeadMemory;
      source: Tensor;
      spread: (x: Tensor) => Tensor;
      gather: (x: Tensor) => Tensor;
    },
  ): { output: Tensor; weights: Tensor; own: HeadMemory } {
    let own: HeadMemory | undefined;
    const attended = this.selfResidual.forward(x, (y) => {
      const result = this.selfAttention.step(y, options.cache);
      own = result.own;
      return result.output;
    });
    const { output, weights } = this.afterSelf(options.spread(attended), options.memory, options.source);
    return { output: options.gather(output), weights, own: own! };
  }

  private afterSelf(x: Tensor, memory: HeadMemory, mask: Tensor): { output: Tensor; weights: Tensor } {
    let weights: Tensor | undefined;
    const crossed = this.crossResidual.forward(x, (y) => {
      const result = this.crossAttention.forward(y, memory, mask);
      weights = result.weights;
      return result.output;
    });
    const output = this.feedForwardResidual.forward(crossed, (y) => this.feedForward.forward(y));
    return { output, weights: weights! };
  }
}
