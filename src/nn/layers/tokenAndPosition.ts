import { add, mul } from '../../ops/elementwise.js';
import type { Tensor } from '../../tensor/tensor.js';
import { gaussian } from '../initializers.js';
import { Module } from '../module.js';
import { Dropout } from './dropout.js';
import { Embedding } from './embedding.js';
import { createPositions, type Positions, type PositionType } from './positions.js';

export interface TokenAndPositionOptions {
  readonly vocabularySize: number;
  /** Features of a token. */
  readonly size: number;
  /** 'sinusoidal' by default. */
  readonly positions?: PositionType;
  /** Longest sequence, for learned positions; 512 by default. */
  readonly maxLength?: number;
  /** Of the sums of tokens and positions; 0 by default. */
  readonly dropout?: number;
}

/**
 * Token ids as a Transformer reads them: √size · embedding + position (Vaswani et al. 2017, §3.4). Rotary positions act
 * in the attentions, so nothing is added here.
 */
export class TokenAndPosition extends Module {
  /** Longest sequence. */
  readonly maxLength: number;
  readonly embedding: Embedding;
  private readonly positions: Positions | undefined;
  private readonly dropout: Dropout;
  /** What embeddings are multiplied by. */
  readonly scale: number;

  /** @throws UserError for sizes or a dropout that cannot be, and for unknown positions. */
  constructor(options: TokenAndPositionOptions) {
    super();
    const { vocabularySize, size, positions, maxLength, dropout = 0 } = options;
    this.embedding = new Embedding(vocabularySize, size, gaussian(1 / Math.sqrt(size)));
    this.positions = createPositions(positions ?? 'sinusoidal', size, maxLength);
    this.maxLength = this.positions?.maxLength ?? Infinity;
    this.dropout = new Dropout(dropout);
    this.scale = Math.sqrt(size);
  }

  /** ids [batch, time] → [batch, time, size]. */
  forward(ids: Tensor): Tensor {
    const tokens = this.tokens(ids);
    return this.dropout.forward(this.positions ? add(tokens, this.positions.along(ids.shape[1]!)) : tokens);
  }

  /** One step: ids [rows, 1] at a position [1] → [rows, 1, size]. */
  step(ids: Tensor, position: Tensor): Tensor {
    const tokens = this.tokens(ids);
    return this.positions ? add(tokens, this.positions.at(position)) : tokens;
  }

  private tokens(ids: Tensor): Tensor {
    return mul(this.embedding.forward(ids), this.scale);
  }
}
