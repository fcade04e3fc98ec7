import { add } from '../../ops/elementwise.js';
import { reshape } from '../../ops/shape.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { LayerNorm } from '../../nn/layers/layerNorm.js';
import { TokenAndPosition, type TokenAndPositionOptions } from '../../nn/layers/tokenAndPosition.js';
import { TokenWindow } from '../../nn/layers/tokenWindow.js';
import { throughBlocks } from '../../nn/layers/throughBlocks.js';
import { TransformerEncoderLayer, type TransformerStackOptions } from '../../nn/layers/transformer.js';
import { Module } from '../../nn/module.js';
import { PAD } from '../../text/vocabulary.js';
import { sourceMask, type Encoded, type Encoder } from './encoder.js';

export interface TransformerOptions extends TransformerStackOptions, TokenAndPositionOptions {}

export interface TransformerEncoderOptions extends TransformerOptions {
  /** Tokens that are embedded together, a token and those around it, odd; 1 by default. See {@link TokenWindow}. */
  readonly window?: number;
}

/** A stack of self-attention blocks over a source (Vaswani et al. 2017). */
export class TransformerEncoder extends Module implements Encoder {
  readonly outputSize: number;
  readonly maxLength: number;
  readonly input: TokenAndPosition;
  private readonly around: TokenWindow | undefined;
  private readonly layers: TransformerEncoderLayer[];
  /** Where blocks normalise before each part, the sum of all needs a last one. */
  private readonly norm: LayerNorm | undefined;
  private readonly gradientCheckpointing: boolean;

  /** @throws UserError for sizes, heads, dropout or names that cannot be. */
  constructor(options: TransformerEncoderOptions) {
    super();
    const { size, layers, norm = 'pre', window = 1, dropout } = options;
    requireOptions(this, 'a whole number from 1', { layers });
    this.outputSize = size;
    this.input = new TokenAndPosition(options);
    this.maxLength = this.input.maxLength;
    this.around =
      window > 1
        ? new TokenWindow({ size, window, dropout, padding: PAD, scale: this.input.scale })
        : undefined;
    this.layers = Array.from({ length: layers }, () => new TransformerEncoderLayer(options));
    this.norm = norm === 'pre' ? new LayerNorm(size) : undefined;
    this.gradientCheckpointing = options.gradientCheckpointing ?? false;
  }

  /** ids [batch, source] int32, lengths [batch] int32. */
  forward(ids: Tensor, lengths: Tensor): Encoded {
    const mask = sourceMask(ids, lengths);
    const [batch, source] = mask.shape;
    const keys = reshape(mask, [batch!, 1, 1, source!]);
    const tokens = this.input.forward(ids);
    const joined = this.around ? add(tokens, this.around.forward(ids, this.input.embedding.weight)) : tokens;
    const { gradientCheckpointing } = this;
    const x = throughBlocks(joined, this.layers, { mask: keys, gradientCheckpointing });
    return { output: this.norm ? this.norm.forward(x) : x, mask, states: [] };
  }
}
