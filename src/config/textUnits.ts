import type { TextEncoding } from '../text/tokenizerJson.js';
import { countsOfBag, type BagEncoding } from '../text/vectorizerJson.js';
import { normalizeText } from '../text/normalization.js';
import { UNKNOWN } from '../text/vocabulary.js';

/** What a model sees of a text: its tokens, or its terms. */
export interface TextUnits {
  /** In words: 'character tokens', 'terms'. */
  readonly name: string;
  /** Different ones that the model knows, special tokens included. */
  readonly count: number;
  /** Whether each is a character, so that lengths in both are the same. */
  readonly characters: boolean;
  of(text: string): readonly string[];
  /** How many of them the model does not know. */
  unknown(units: readonly string[]): number;
}

/** The tokens of an encoding. */
export function tokenUnits({ tokenizer, vocabulary }: TextEncoding): TextUnits {
  return {
    name: `${tokenizer.type} tokens`,
    count: vocabulary.size,
    characters: tokenizer.type === 'character',
    of: (text) => tokenizer.tokenize(text),
    unknown: (tokens) => vocabulary.encode(tokens).filter((id) => id === UNKNOWN).length,
  };
}

/** The terms of a bag. */
export function termUnits(bag: BagEncoding): TextUnits {
  const counts = countsOfBag(bag);
  const known = new Set(counts.features);
  return {
    name: 'terms',
    count: known.size,
    characters: false,
    of: (text) => counts.terms(normalizeText(text, bag.normalization)),
    unknown: (terms) => terms.filter((term) => !known.has(term)).length,
  };
}
