import { transpose } from '../../ops/shape.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Dropout } from '../../nn/layers/dropout.js';
import { Embedding } from '../../nn/layers/embedding.js';
import { ResidualBlock } from '../../nn/layers/residualBlock.js';
import { Module } from '../../nn/module.js';
import { sourceMask, type Encoded, type Encoder } from './encoder.js';

export interface ConvolutionalEncoderOptions {
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  /** Features of the output. */
  readonly channels: number;
  /** Blocks, of two convolutions each; a position sees layers · (kernel − 1) positions to either side. */
  readonly layers: number;
  /** Positions under a convolution, odd; 3 by default. */
  readonly kernel?: number;
  /** Normalises after each convolution; false by default. */
  readonly batchNorm?: boolean;
  /** Of the embeddings and of what each block writes; 0 by default. */
  readonly dropout?: number;
}

/** Token ids → embeddings → residual blocks of convolutions over time (Gehring et al. 2017; He et al. 2016). */
export class ConvolutionalEncoder extends Module implements Encoder {
  readonly maxLength = Infinity;
  readonly outputSize: number;
  private readonly embedding: Embedding;
  private readonly blocks: ResidualBlock[];
  private readonly dropouts: Dropout[];

  /** @throws UserError for sizes or a dropout that cannot be, and unless the kernel is odd. */
  constructor(options: ConvolutionalEncoderOptions) {
    super();
    const { vocabularySize, embeddingSize, channels, layers, dropout = 0 } = options;
    const { kernel = 3, batchNorm = false } = options;
    requireOptions(this, 'a whole number from 1', {
      vocabularySize,
      embeddingSize,
      channels,
      layers,
      kernel,
    });
    this.outputSize = channels;
    this.embedding = new Embedding(vocabularySize, embeddingSize);
    this.blocks = Array.from({ length: layers }, (_, i) => {
      const inputChannels = i === 0 ? embeddingSize : channels;
      return new ResidualBlock({ axes: 1, inputChannels, channels, kernel, batchNorm });
    });
    this.dropouts = Array.from({ length: layers + 1 }, () => new Dropout(dropout));
  }

  /** ids [batch, source] int32, lengths [batch] int32. */
  forward(ids: Tensor, lengths: Tensor): Encoded {
    const mask = sourceMask(ids, lengths);
    // Dropout wants time before features, so that a mask does not depend on padding.
    const drop = (x: Tensor, i: number) => this.dropouts[i]!.forward(x);
    const turn = (x: Tensor) => transpose(x, [0, 2, 1]);
    const output = this.blocks.reduce(
      (x, block, i) => drop(turn(block.forward(turn(x), mask)), i + 1),
      drop(this.embedding.forward(ids), 0),
    );
    return { output, mask, states: [] };
  }
}
