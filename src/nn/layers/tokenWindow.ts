import { add, mul, relu } from '../../ops/elementwise.js';
import { embedding } from '../../ops/gather.js';
import { matmul } from '../../ops/matmul.js';
import { concat, fill, shift, split } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { Dropout } from './dropout.js';
import { Linear } from './linear.js';

/** Tokens up to which each is multiplied by itself: characters of an alphabet. */
const FEW = 256;

export interface TokenWindowOptions {
  /** Features of a token. */
  readonly size: number;
  /** Tokens in a window, odd and at least 3: one and those around it. */
  readonly window: number;
  /** Id of what stands beyond the ends of a text, and after it in a longer batch: padding. */
  readonly padding: number;
  /** What embeddings are multiplied by; 1 by default. */
  readonly scale?: number;
  /** Of what comes out; 0 by default. */
  readonly dropout?: number;
}

/**
 * What stands around each token: relu(W [e(i − r), …, e(i + r)] + b), e the scaled embeddings of the 2r + 1 tokens in a window over
 * token i (Collobert et al. 2011, §3.3.1); beyond the ends is padding.
 */
export class TokenWindow extends Module {
  private readonly joint: Linear;
  private readonly dropout: Dropout;
  private readonly radius: number;
  private readonly padding: number;
  private readonly scale: number;

  /** @throws UserError for sizes or a dropout that cannot be, and unless the window is odd. */
  constructor({ size, window, padding, scale = 1, dropout = 0 }: TokenWindowOptions) {
    super();
    requireOptions(this, 'a whole number from 1', { size });
    requireOptions(this, 'a whole number from 2', { window });
    if (window % 2 === 0)
      throw new UserError(`TokenWindow: window is ${window}; it must be odd, a token and those around it.`);
    this.radius = (window - 1) / 2;
    this.padding = padding;
    this.scale = scale;
    this.joint = new Linear(window * size, size);
    this.dropout = new Dropout(dropout);
  }

  /** ids [batch, time] int32 → [batch, time, size]. @param vectors of all tokens: [vocabulary, size]. */
  forward(ids: Tensor, vectors: Tensor): Tensor {
    const outside = fill(this.padding, [ids.shape[0]!, 1], 'int32');
    const moved = (back: boolean) => {
      const places = [ids];
      for (let r = 0; r < this.radius; r++) places.push(shift(places.at(-1)!, outside, { back }));
      return places.slice(1);
    };
    const places = [...moved(false).reverse(), ids, ...moved(true)];
    return this.dropout.forward(relu(this.joined(places, vectors)));
  }

  private joined(places: readonly Tensor[], vectors: Tensor): Tensor {
    const { joint, scale } = this;
    const [vocabulary, size] = vectors.shape as [number, number];
    if (vocabulary > FEW)
      return joint.forward(mul(concat(places.map((each) => embedding(vectors, each))), scale));
    // Few tokens are cheaper to multiply than the places of a batch; the products are looked up.
    const weights = split(
      joint.weight,
      places.map(() => size),
      1,
    );
    const scaled = mul(vectors, scale);
    const products = places.map((each, i) =>
      embedding(matmul(scaled, weights[i]!, { transposeB: true }), each),
    );
    return products.reduce((total, each) => add(total, each), joint.bias!);
  }
}
