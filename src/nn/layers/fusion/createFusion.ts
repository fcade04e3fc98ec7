import { requireOneOf } from '../../../tensor/requireOptions.js';
import { ConcatenationFusion } from './concatenationFusion.js';
import { CrossAttentionFusion } from './crossAttentionFusion.js';
import { FilmFusion } from './filmFusion.js';
import type { Fusion } from './fusion.js';
import { GatedFusion } from './gatedFusion.js';
import { SoftmaxFusion } from './softmaxFusion.js';

export const fusionTypes = ['softmax', 'gated', 'concatenation', 'film', 'cross-attention'] as const;
export type FusionType = (typeof fusionTypes)[number];

export type FusionOptions = {
  /** Features D. */
  readonly size: number;
  /** Features K of the context. */
  readonly contextSize: number;
} & (
  | {
      readonly type: 'softmax' | 'concatenation';
      /** Features of the result; `size` by default. */
      readonly outputSize?: number;
    }
  | { readonly type: 'gated' | 'film' }
  | { readonly type: 'cross-attention'; readonly heads: number; readonly dropout?: number }
);

/** A fusion by its name. @throws UserError for another name, and for sizes, heads or a dropout that cannot be. */
export function createFusion(options: FusionOptions): Fusion {
  const { type, size, contextSize } = options;
  requireOneOf('createFusion', fusionTypes, { type });
  switch (options.type) {
    case 'softmax':
      return new SoftmaxFusion(size, contextSize, options.outputSize);
    case 'gated':
      return new GatedFusion(size, contextSize);
    case 'concatenation':
      return new ConcatenationFusion(size, contextSize, options.outputSize);
    case 'film':
      return new FilmFusion(size, contextSize);
    case 'cross-attention':
      return new CrossAttentionFusion(options);
  }
}
