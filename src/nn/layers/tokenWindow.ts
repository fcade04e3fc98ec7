import { relu } from '../../ops/elementwise.js';
import { concat, fill, shift } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { Dropout } from './dropout.js';
import { Linear } from './linear.js';

export interface TokenWindowOptions {
  /** Features of a token. */
  readonly size: number;
  /** Tokens in a window, odd and at least 3: one and those around it. */
  readonly window: number;
  /** Id of what stands beyond the ends of a text, and after it in a longer batch: padding. */
  readonly padding: number;
  /** Of what comes out; 0 by default. */
  readonly dropout?: number;
}

/**
 * What stands around each token: relu(W [e(i − r), …, e(i + r)] + b), e the embeddings of the 2r + 1 tokens in a window over
 * token i (Collobert et al. 2011, §3.3.1); beyond the ends is padding.
 */
export class TokenWindow extends Module {
  private readonly joint: Linear;
  private readonly dropout: Dropout;
  private readonly radius: number;
  private readonly padding: number;

  /** @throws UserError for sizes or a dropout that cannot be, and unless the window is odd. */
  constructor({ size, window, padding, dropout = 0 }: TokenWindowOptions) {
    super();
    requireOptions(this, 'a whole number from 1', { size });
    requireOptions(this, 'a whole number from 2', { window });
    if (window % 2 === 0)
      throw new UserError(`TokenWindow: window is ${window}; it must be odd, a token and those around it.`);
    this.radius = (window - 1) / 2;
    this.padding = padding;
    this.joint = new Linear(window * size, size);
    this.dropout = new Dropout(dropout);
  }

  /** ids [batch, time] int32; `embed` makes [batch, time, size] of such → [batch, time, size]. */
  forward(ids: Tensor, embed: (ids: Tensor) => Tensor): Tensor {
    const outside = fill(this.padding, [ids.shape[0]!, 1], 'int32');
    const moved = (back: boolean) => {
      const places = [ids];
      for (let r = 0; r < this.radius; r++) places.push(shift(places.at(-1)!, outside, { back }));
      return places.slice(1).map(embed);
    };
    const around = concat([...moved(false).reverse(), embed(ids), ...moved(true)]);
    return this.dropout.forward(relu(this.joint.forward(around)));
  }
}
