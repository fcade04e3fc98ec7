import { tokenizers, type Tokenizer, type TokenizerType } from '../tokenizer.js';
import { specialTokens, UNKNOWN, type Vocabulary } from '../vocabulary.js';
import { BpeTokenizer } from './bpe.js';
import { UnigramTokenizer, type ScoredPiece } from './unigram.js';
import { CONTINUATION, LONGEST_WORD, WordPieceTokenizer } from './wordPiece.js';

type Fail = (key: string, problem: string) => never;

/** What a model of `tokenizer.json` holds. */
export interface ReadModel {
  /** Tokens and their ids, not checked yet. */
  readonly entries: readonly (readonly [token: string, id: unknown])[];
  /** The tokenizer of a vocabulary with these ordinary tokens. */
  readonly tokenizer: (tokens: readonly string[]) => Tokenizer;
}

/** The model of `tokenizer.json`, without its type: vocabulary, and what the tokenizer has learnt. */
export function modelToJson(
  tokenizer: Tokenizer,
  { tokens, reserved }: Vocabulary,
): Readonly<Record<string, unknown>> {
  if (tokenizer instanceof UnigramTokenizer) {
    const unscored = (token: string): ScoredPiece => [token, 0];
    return {
      unk_id: UNKNOWN,
      vocab: [...specialTokens.map(unscored), ...tokenizer.scored, ...reserved.map(unscored)],
      byte_fallback: false,
    };
  }
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const unk_token = specialTokens[UNKNOWN];
  if (tokenizer instanceof BpeTokenizer)
    return {
      dropout: null,
      unk_token: tokenizer.type === 'bpe' ? unk_token : null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: tokenizer.merges,
    };
  if (tokenizer instanceof WordPieceTokenizer)
    return {
      unk_token,
      continuing_subword_prefix: CONTINUATION,
      max_input_chars_per_word: LONGEST_WORD,
      vocab,
    };
  return { vocab, unk_token };
}

/** Reads what {@link modelToJson} wrote. @param fail throws an error that names the key. */
export function tokenizerFromModel(
  type: TokenizerType,
  model: Readonly<Record<string, unknown>>,
  fail: Fail,
): ReadModel {
  if (type === 'unigram') {
    const scored = scoredPieces(model.vocab, fail);
    return {
      entries: scored.map(([piece], id) => [piece, id]),
      tokenizer: ({ length }) =>
        new UnigramTokenizer(scored.slice(specialTokens.length, specialTokens.length + length)),
    };
  }
  const { vocab } = model;
  if (typeof vocab !== 'object' || vocab === null || Array.isArray(vocab))
    return fail('model.vocab', 'is missing');
  const entries = Object.entries(vocab);
  if (type === 'bpe' || type === 'byte-bpe') {
    const merges = mergesOf(model.merges, vocab, fail);
    const tokenizer = new BpeTokenizer(merges, { byteLevel: type === 'byte-bpe' });
    return { entries, tokenizer: () => tokenizer };
  }
  if (type === 'wordpiece') return { entries, tokenizer: (tokens) => new WordPieceTokenizer(tokens) };
  return { entries, tokenizer: () => tokenizers[type] };
}

function scoredPieces(vocab: unknown, fail: Fail): ScoredPiece[] {
  if (!Array.isArray(vocab)) return fail('model.vocab', 'is missing');
  return vocab.map((each: unknown, i): ScoredPiece => {
    const [piece, score] = Array.isArray(each) ? (each as unknown[]) : [];
    if (typeof piece !== 'string' || typeof score !== 'number')
      return fail(`model.vocab[${i}]`, `is ${JSON.stringify(each)}, not a piece and its score`);
    return [piece, score];
  });
}

function mergesOf(merges: unknown, vocab: object, fail: Fail): [string, string][] {
  if (!Array.isArray(merges)) return fail('model.merges', 'is missing');
  return merges.map((each: unknown, i): [string, string] => {
    const [left, right] = Array.isArray(each) ? (each as unknown[]) : [];
    const known = (token: unknown) => typeof token === 'string' && Object.hasOwn(vocab, token);
    if (!known(left) || !known(right) || !known(`${String(left)}${String(right)}`))
      return fail(`model.merges[${i}]`, `is ${JSON.stringify(each)}, not two tokens that make a third`);
    return [left as string, right as string];
  });
}
