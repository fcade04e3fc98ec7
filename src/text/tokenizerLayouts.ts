import { closePattern, CONTINUATION } from './subwords/wordPiece.js';
import { bareWords, spacedWords } from './subwords/words.js';
import type { TokenizerType } from './tokenizer.js';

/** The parts of a `tokenizer.json` that are the same for every tokenizer of a type. */
export interface TokenizerLayout {
  readonly normalizer: object | null;
  readonly preTokenizer: object;
  readonly decoder: object | null;
  /** The type of the model. */
  readonly model: 'WordLevel' | 'BPE' | 'WordPiece' | 'Unigram';
}

/** A pattern as Oniguruma spells it, which the libraries of Python and Rust search with. */
const regex = (source: string) => ({ Regex: source.replaceAll('Script=', '') });

/** Words are what the pattern finds; the rest is dropped. */
const found = ({ source }: RegExp) => ({
  type: 'Split',
  pattern: regex(source),
  behavior: 'Removed',
  invert: true,
});

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };

const nfc = { type: 'NFC' };

// Without a decoder the libraries join tokens by spaces; Fuse joins them by nothing.
const fuse = { type: 'Fuse' };

export const layouts: Readonly<Record<TokenizerType, TokenizerLayout>> = {
  character: {
    normalizer: nfc,
    preTokenizer: { type: 'Split', pattern: { Regex: '' }, behavior: 'Isolated', invert: false },
    decoder: fuse,
    model: 'WordLevel',
  },
  word: { normalizer: nfc, preTokenizer: { type: 'WhitespaceSplit' }, decoder: null, model: 'WordLevel' },
  bpe: { normalizer: nfc, preTokenizer: found(spacedWords), decoder: fuse, model: 'BPE' },
  'byte-bpe': {
    normalizer: null,
    preTokenizer: { type: 'Sequence', pretokenizers: [found(spacedWords), byteLevel] },
    decoder: byteLevel,
    model: 'BPE',
  },
  wordpiece: {
    normalizer: nfc,
    preTokenizer: found(bareWords),
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'WordPiece', prefix: CONTINUATION, cleanup: false },
        { type: 'Replace', pattern: regex(closePattern), content: '' },
      ],
    },
    model: 'WordPiece',
  },
  unigram: { normalizer: nfc, preTokenizer: found(spacedWords), decoder: fuse, model: 'Unigram' },
};
