import { requireTexts } from '../requireTexts.js';
import type { TextEncoding } from '../tokenizerJson.js';
import { Vocabulary } from '../vocabulary.js';
import { alphabetOf, roomFor, type SubwordOptions } from './alphabet.js';
import { learnMerges } from './learnMerges.js';
import { CONTINUATION, LONGEST_WORD, WordPieceTokenizer } from './wordPiece.js';
import { bareWords, countWords, nfc } from './words.js';

/**
 * Trains WordPiece on texts: `trainWordPiece(lines, { vocabularySize: 8000 })`. The pieces are those that byte-pair encoding
 * makes, as in Hugging Face's trainer: the first WordPiece chose merges by likelihood, and its trainer was never published.
 * A pair must occur twice at least, and `minCount` times.
 * @throws UserError for a vocabulary without room, and for a single string.
 */
export function trainWordPiece(
  texts: Iterable<string>,
  options: SubwordOptions = {},
): TextEncoding & { readonly tokenizer: WordPieceTokenizer } {
  requireTexts('trainWordPiece', texts);
  const { minCount = 1, reserved } = options;
  const size = roomFor('trainWordPiece', options);
  const words = countWords(texts, bareWords, nfc);
  for (const word of words.keys()) if (Array.from(word).length > LONGEST_WORD) words.delete(word);
  const split = (word: string) => Array.from(word, (character, i) => (i > 0 ? CONTINUATION : '') + character);
  const { tokens } = learnMerges(words, {
    alphabet: alphabetOf(countForms(words), options, size),
    split,
    join: (left, right) => left + right.slice(CONTINUATION.length),
    size,
    minCount: Math.max(2, minCount),
  });
  return { tokenizer: new WordPieceTokenizer(tokens), vocabulary: new Vocabulary(tokens, reserved) };
}

/**
 * How often each character occurs, and how often within a word. A character that only occurs within words counts as one
 * that may begin them, so that it is not unknown there.
 */
function countForms(words: ReadonlyMap<string, number>): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (form: string, count: number) => counts.set(form, (counts.get(form) ?? 0) + count);
  for (const [word, count] of words)
    Array.from(word).forEach((character, i) => {
      add(character, count);
      if (i > 0) add(CONTINUATION + character, count);
    });
  return counts;
}
