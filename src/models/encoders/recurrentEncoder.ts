import { cast } from '../../ops/elementwise.js';
import { reshape, transpose } from '../../ops/shape.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../../nn/module.js';
import { Embedding } from '../../nn/layers/embedding.js';
import { Dropout, VariationalDropout } from '../../nn/layers/dropout.js';
import { Recurrent, realPositions, requireRecurrent } from '../../nn/layers/recurrent.js';
import type { CellType, RecurrentActivation } from '../../nn/layers/cells.js';
import type { Encoded, Encoder } from './encoder.js';

export interface RecurrentEncoderOptions {
  readonly cell: CellType;
  /** φ of an 'rnn' cell; 'tanh' by default. An 'lstm' or a 'gru' takes none. */
  readonly activation?: RecurrentActivation;
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  /** On top of each other; 1 by default. */
  readonly layers?: number;
  /** Reads from the end to the start as well, and joins both; false by default. */
  readonly bidirectional?: boolean;
  /** Of the embeddings, and between the layers; 0 by default. */
  readonly dropout?: number;
  /** One dropout mask per sequence instead of one per step; false by default. */
  readonly variational?: boolean;
}

/**
 * Token ids → embeddings → recurrent layers (as in Sutskever et al. 2014; with two directions Bahdanau et al. 2015):
 * hₜ = cell(E idₜ, hₜ₋₁), see {@link Recurrent}.
 */
export class RecurrentEncoder extends Module implements Encoder {
  readonly maxLength = Infinity;
  readonly embedding: Embedding;
  readonly recurrent: Recurrent;
  private readonly dropout: Dropout;

  /**
   * @throws UserError unless the cell and its activation are known, sizes and layers are whole numbers from 1, and
   * 0 ≤ dropout < 1.
   */
  constructor(options: RecurrentEncoderOptions) {
    super();
    const { cell, activation, vocabularySize, embeddingSize, hiddenSize, layers = 1 } = options;
    const { dropout = 0, variational = false } = options;
    const sizes = { vocabularySize, embeddingSize, hiddenSize, layers };
    requireRecurrent(this, { cell, activation, dropout, sizes });
    this.embedding = new Embedding(vocabularySize, embeddingSize);
    this.recurrent = new Recurrent(cell, { ...options, inputSize: embeddingSize });
    this.dropout = variational ? new VariationalDropout(dropout) : new Dropout(dropout);
  }

  /** Features of the output and of each state. */
  get outputSize(): number {
    return this.recurrent.outputSize;
  }

  /** ids [batch, source] int32, lengths [batch] int32 → output [batch, source, outputSize], zero at padding, and final states. */
  forward(ids: Tensor, lengths: Tensor): Encoded {
    const [batch, time] = ids.shape;
    // The recurrence is time-major; ids are cheaper to turn than vectors.
    const x = this.dropout.forward(this.embedding.forward(transpose(ids, [1, 0])));
    const { output, states } = this.recurrent.forward(x, { lengths });
    const mask = cast(reshape(realPositions(time!, lengths), [time!, batch!]), 'bool');
    return { output: transpose(output, [1, 0, 2]), mask: transpose(mask, [1, 0]), states };
  }
}
