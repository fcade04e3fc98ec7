/** Cuts texts into tokens and joins them again. */
export interface Tokenizer {
  readonly type: TokenizerType;
  /** What stands between two tokens of a text: '' or ' '. Subwords have '', though their tokens may not spell the text. */
  readonly separator: string;
  /** Normalises the text to NFC (but for bytes) and cuts it; an empty text has no tokens. */
  tokenize(text: string): string[];
  detokenize(tokens: readonly string[]): string;
}

/** Tokenizers that are the same for all texts. */
export type PlainTokenizerType = 'character' | 'word';

/** Tokenizers that have been trained on texts: they cut words into pieces. */
export type SubwordTokenizerType = 'bpe' | 'byte-bpe' | 'wordpiece' | 'unigram';

export type TokenizerType = PlainTokenizerType | SubwordTokenizerType;

/** One token per Unicode code point, spaces included. */
export const characterTokenizer: Tokenizer = {
  type: 'character',
  separator: '',
  tokenize: (text) => Array.from(text.normalize('NFC')),
  detokenize: (tokens) => tokens.join(''),
};

// Unicode's White_Space, which `tokenizer.json` readers cut at too; JavaScript's \s has U+FEFF besides and lacks U+0085.
const word = /\P{White_Space}+/gu;

/** One token per run of characters that are not white space; detokenised with single spaces. */
export const wordTokenizer: Tokenizer = {
  type: 'word',
  separator: ' ',
  tokenize: (text) => text.normalize('NFC').match(word) ?? [],
  detokenize: (tokens) => tokens.join(' '),
};

/** The plain tokenizers by the name that configurations use. */
export const tokenizers: Readonly<Record<PlainTokenizerType, Tokenizer>> = {
  character: characterTokenizer,
  word: wordTokenizer,
};
