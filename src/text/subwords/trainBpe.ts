import { requireTexts } from '../requireTexts.js';
import type { TextEncoding } from '../tokenizerJson.js';
import { Vocabulary } from '../vocabulary.js';
import { alphabetOf, roomFor, type SubwordOptions } from './alphabet.js';
import { BpeTokenizer } from './bpe.js';
import { byteCharacters, toByteCharacters } from './byteAlphabet.js';
import { learnMerges } from './learnMerges.js';
import { countWords, nfc, spacedWords } from './words.js';

export interface BpeOptions extends SubwordOptions {
  /** Merge bytes instead of characters, so that no text has unknown tokens; takes 256 ids. Default false. */
  byteLevel?: boolean;
}

/**
 * Trains byte-pair encoding (Sennrich et al. 2016; on bytes Radford et al. 2019) on texts:
 * `trainBpe(lines, { vocabularySize: 8000, byteLevel: true })`. The merges are those of Hugging Face's trainer. A pair must
 * occur twice at least, and `minCount` times: a pair seen once would be a token of one word.
 * @throws UserError when the vocabulary has no room for the bytes, and for a single string.
 */
export function trainBpe(
  texts: Iterable<string>,
  options: BpeOptions = {},
): TextEncoding & { readonly tokenizer: BpeTokenizer } {
  requireTexts('trainBpe', texts);
  const { byteLevel = false, minCount = 1, reserved } = options;
  const size = roomFor('trainBpe', options, byteLevel ? byteCharacters.length : 1);
  const words = countWords(texts, spacedWords, byteLevel ? (text) => text : nfc);
  const split = (word: string) => Array.from(byteLevel ? toByteCharacters(word) : word);
  const alphabet = byteLevel
    ? [...byteCharacters].sort()
    : alphabetOf(countSymbols(words, split), options, size);
  const { tokens, merges } = learnMerges(words, {
    alphabet,
    split,
    join: (left, right) => left + right,
    size,
    minCount: Math.max(2, minCount),
  });
  return { tokenizer: new BpeTokenizer(merges, { byteLevel }), vocabulary: new Vocabulary(tokens, reserved) };
}

/** How often each symbol occurs. */
export function countSymbols(
  words: ReadonlyMap<string, number>,
  split: (word: string) => readonly string[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word, count] of words)
    for (const symbol of split(word)) counts.set(symbol, (counts.get(symbol) ?? 0) + count);
  return counts;
}
