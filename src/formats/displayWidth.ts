const zeroWidth = /^[\p{M}\p{Cf}\p{Cc}]$/u;
// Wide in a terminal: the East Asian scripts with their punctuation and full-width forms, and emoji. Half-width
// katakana (U+FF61–FF9F) are the exception within their script.
const wide =
  /^(?![\uFF61-\uFF9F])[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303E\u30FB\u30FC\uFF01-\uFF60\uFFE0-\uFFE6]$/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text takes in a terminal: 2 for East Asian characters and emoji, 0 for combining marks, else 1. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The text cut to at most `width` columns, with `…` at the end if anything was cut. */
export function fitWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let fitted = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += graphemeWidth(segment);
    if (used > width - 1) break;
    fitted += segment;
  }
  return width > 0 ? `${fitted}…` : '';
}

/** The text padded with spaces to `width` columns; `side` says where the spaces go. */
export function padWidth(text: string, width: number, side: 'start' | 'end' | 'both' = 'end'): string {
  const missing = Math.max(0, width - displayWidth(text));
  const before = side === 'start' ? missing : side === 'both' ? Math.floor(missing / 2) : 0;
  return ' '.repeat(before) + text + ' '.repeat(missing - before);
}

/** A grapheme is as wide as its widest character: a family emoji of five characters takes two columns. */
function graphemeWidth(grapheme: string): number {
  let width = 0;
  for (const character of grapheme) {
    width = Math.max(width, wide.test(character) ? 2 : zeroWidth.test(character) ? 0 : 1);
  }
  return width;
}
