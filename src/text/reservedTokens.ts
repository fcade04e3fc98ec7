import type { Vocabulary } from './vocabulary.js';

/** What a masked language model reads in place of a token that it is to guess; where spans are restored, how a text spells a hole. */
export const MASK_TOKEN = '<mask>';

/** What stands for the spans that denoising takes out of a text, in their order (T5's spelling). */
export function sentinelTokens(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `<extra_id_${i}>`);
}

/** The ids of a vocabulary's sentinels, in their order; none where it has none. */
export function sentinelIds(vocabulary: Vocabulary): number[] {
  return sentinelTokens(vocabulary.reserved.length)
    .filter((token) => vocabulary.reserved.includes(token))
    .map((token) => vocabulary.reservedId(token));
}
