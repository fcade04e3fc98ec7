import { less } from '../../ops/elementwise.js';
import { positions, reshape } from '../../ops/shape.js';
import type { Tensor } from '../../tensor/tensor.js';
import type { HeadCache, HeadMemory } from '../../nn/layers/multiHeadAttention.js';
import type { Decoder, Tensors } from './decoder.js';

const name = (block: number, part: 'keys' | 'values') => `cache.${block}.${part}`;

/** The caches of a stack of self-attention blocks: keys and values of each. */
export function blockCaches(
  blocks: number,
  { heads, size }: { readonly heads: number; readonly size: number },
): Decoder['caches'] {
  const shape = [heads, size / heads] as const;
  return Object.fromEntries(
    Array.from({ length: blocks }, (_, i) => [name(i, 'keys'), name(i, 'values')])
      .flat()
      .map((cache) => [cache, shape]),
  );
}

/** The cache of a block, of which the first `position` places count. */
export function cacheOf(caches: Tensors, block: number, position: Tensor): HeadCache {
  const [keys, values] = [caches[name(block, 'keys')]!, caches[name(block, 'values')]!];
  const capacity = keys.shape[2]!;
  return { keys, values, mask: reshape(less(positions(capacity), position), [1, 1, 1, capacity]) };
}

/** What a step adds to the cache of a block, by the cache's names. */
export function appendedTo(block: number, { keys, values }: HeadMemory): Record<string, Tensor> {
  return { [name(block, 'keys')]: keys, [name(block, 'values')]: values };
}
