import { requireTexts } from '../text/requireTexts.js';
import { roomFor, type SubwordOptions } from '../text/subwords/alphabet.js';
import { trainBpe } from '../text/subwords/trainBpe.js';
import { trainUnigram } from '../text/subwords/trainUnigram.js';
import { trainWordPiece } from '../text/subwords/trainWordPiece.js';
import { tokenizers, type TokenizerType } from '../text/tokenizer.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { buildEncoding } from './dataset.js';

export interface EncodingOptions extends SubwordOptions {
  /** What a token is: a character, a word, or a piece of a word, learnt in one of four ways. */
  tokenizer: TokenizerType;
}

/**
 * A tokenizer of any type and its vocabulary, trained on the texts: `trainEncoding(lines, { tokenizer: 'bpe',
 * vocabularySize: 8000 })`. Of characters and words all are kept unless `vocabularySize` is given.
 * @throws UserError when the vocabulary is too small for what it must hold, and for a single string.
 */
export function trainEncoding(
  texts: Iterable<string>,
  { tokenizer, ...options }: EncodingOptions,
): TextEncoding {
  requireTexts('trainEncoding', texts);
  switch (tokenizer) {
    case 'bpe':
      return trainBpe(texts, options);
    case 'byte-bpe':
      return trainBpe(texts, { ...options, byteLevel: true });
    case 'wordpiece':
      return trainWordPiece(texts, options);
    case 'unigram':
      return trainUnigram(texts, options);
    case 'character':
    case 'word': {
      const { vocabularySize, minCount, reserved } = options;
      const maxSize = vocabularySize === undefined ? undefined : roomFor('trainEncoding', options);
      return buildEncoding(texts, tokenizers[tokenizer], { minCount, maxSize, reserved });
    }
  }
}
