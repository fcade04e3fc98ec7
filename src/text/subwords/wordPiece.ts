import type { Tokenizer } from '../tokenizer.js';
import { bareWords, nfc, remembering } from './words.js';

/** What a piece begins with that does not begin a word. */
export const CONTINUATION = '##';

/** Words of more characters are unknown as a whole, as in BERT. */
export const LONGEST_WORD = 100;

/** Signs that stand close to what is before them, and scripts without spaces; see {@link WordPieceTokenizer}. */
const close =
  /^ (?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}.,;:!?%)\]}’”。，、；：！？）》」』】])/u;

/** The pattern of the space that detokenising takes out. */
export const closePattern = close.source;

/**
 * WordPiece (Schuster & Nakajima 2012, as in BERT): the longest piece that a word begins with, then the longest that its
 * rest begins with, until its end. Words are between spaces and signs; a Chinese character is a word. A word that cannot be
 * cut so is unknown as a whole.
 *
 * Tokens do not keep the spaces: detokenising puts one between words, but not before Chinese, Japanese and signs that
 * close something.
 */
export class WordPieceTokenizer implements Tokenizer {
  readonly type = 'wordpiece';
  readonly separator = '';
  private readonly known: ReadonlySet<string>;
  private readonly longest: number;
  private readonly pieces: (word: string) => readonly string[];

  /** @param tokens pieces; those that continue a word begin with {@link CONTINUATION}. */
  constructor(tokens: Iterable<string>) {
    this.known = new Set(tokens);
    this.longest = 1;
    for (const token of this.known) this.longest = Math.max(this.longest, Array.from(token).length);
    this.pieces = remembering((word) => this.cut(word));
  }

  tokenize(text: string): string[] {
    return (nfc(text).match(bareWords) ?? []).flatMap(this.pieces);
  }

  detokenize(tokens: readonly string[]): string {
    const spaced = tokens.map((token, i) => {
      if (i === 0) return token;
      return token.startsWith(CONTINUATION) ? token.slice(CONTINUATION.length) : ` ${token}`;
    });
    return spaced.map((token) => token.replace(close, '')).join('');
  }

  private cut(word: string): string[] {
    const characters = Array.from(word);
    if (characters.length > LONGEST_WORD) return [word];
    const pieces: string[] = [];
    for (let start = 0; start < characters.length;) {
      const prefix = start > 0 ? CONTINUATION : '';
      let end = Math.min(characters.length, start + this.longest);
      while (end > start && !this.known.has(prefix + characters.slice(start, end).join(''))) end--;
      if (end === start) return [word];
      pieces.push(prefix + characters.slice(start, end).join(''));
      start = end;
    }
    return pieces;
  }
}
