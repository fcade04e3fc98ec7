/** What a masked language model reads in place of a token that it is to guess. */
export const MASK_TOKEN = '<mask>';

/** What stands for the spans that denoising takes out of a text, in their order (T5's spelling). */
export function sentinelTokens(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `<extra_id_${i}>`);
}
