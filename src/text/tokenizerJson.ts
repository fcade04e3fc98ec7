import { UserError } from '../tensor/errors.js';
import { modelToJson, tokenizerFromModel } from './subwords/modelJson.js';
import { layouts } from './tokenizerLayouts.js';
import {
  changesTexts,
  normalizationFromJson,
  normalizerToJson,
  NormalizingTokenizer,
  type TextNormalization,
} from './normalization.js';
import type { Tokenizer, TokenizerType } from './tokenizer.js';
import { specialTokens, Vocabulary } from './vocabulary.js';

/** How texts of one side (source or target) become ids and back. */
export interface TextEncoding {
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
}

/**
 * The encoding in the layout of Hugging Face's `tokenizer.json`, which their libraries for Python (from 0.20 on) and Rust
 * read with the same ids; but there a text that spells a special token (`<pad>`) has that token. START and END are not added
 * by it. Their library for JavaScript wants `{ unk_token: '<unknown>' }` beside the file for characters and words, and of
 * unigrams takes unknown tokens of words that follow each other for one.
 */
export function tokenizerToJson({ tokenizer: whole, vocabulary }: TextEncoding) {
  const [tokenizer, normalization] =
    whole instanceof NormalizingTokenizer ? [whole.inner, whole.normalization] : [whole, {}];
  const { normalizer, preTokenizer, decoder, model } = layouts[tokenizer.type];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [...specialTokens, ...vocabulary.reserved].map((content, i) => ({
      id: i < specialTokens.length ? i : vocabulary.reservedId(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: normalizerToJson(normalization, normalizer),
    pre_tokenizer: preTokenizer,
    post_processor: null,
    decoder,
    model: { type: model, ...modelToJson(tokenizer, vocabulary) },
  };
}

/**
 * Reads what {@link tokenizerToJson} wrote.
 * @param where the file's name, for messages.
 * @throws UserError when the value is something else: another model, normalizer or pre-tokenizer, ids with gaps, or special
 * tokens that are not ids 0–3.
 */
export function tokenizerFromJson(json: unknown, where: string): TextEncoding {
  const fail = (key: string, problem: string): never => {
    throw new UserError(`${where}: ${key} ${problem}; is this a tokenizer.json that heddle wrote?`);
  };
  const root = asRecord(json) ?? fail('the file', 'is not a JSON object');
  const model = asRecord(root.model) ?? fail('model', 'is missing');
  const type = typeOf(root.pre_tokenizer, model.type, fail);
  const { entries, tokenizer } = tokenizerFromModel(type, model, fail);

  const tokens: string[] = [];
  for (const [token, id] of entries) {
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= entries.length) {
      const key = `model.vocab[${JSON.stringify(token)}]`;
      fail(key, `is ${JSON.stringify(id)}, not an id from 0 to ${entries.length - 1}`);
    }
    if (tokens[id as number] !== undefined) fail('model.vocab', `gives id ${String(id)} to two tokens`);
    tokens[id as number] = token;
  }
  specialTokens.forEach((token, id) => {
    if (tokens[id] !== token) fail('model.vocab', `does not give id ${id} to ${token}`);
  });
  const added = Array.isArray(root.added_tokens)
    ? root.added_tokens.map((each) => asRecord(each)?.content)
    : [];
  const reserved = added.slice(specialTokens.length);
  const end = tokens.length - reserved.length;
  reserved.forEach((token, i) => {
    if (tokens[end + i] !== token)
      fail(`added_tokens[${specialTokens.length + i}]`, 'is not among the last of model.vocab');
  });
  const ordinary = tokens.slice(specialTokens.length, end);
  const normalization = normalizationFromJson(root.normalizer, layouts[type].normalizer, fail);
  const read = { tokenizer: tokenizer(ordinary), vocabulary: new Vocabulary(ordinary, tokens.slice(end)) };
  return normalization ? withNormalization(read, normalization) : read;
}

/** The encoding whose texts are normalised first; NFC is nothing new to it. */
export function withNormalization(encoding: TextEncoding, normalization: TextNormalization): TextEncoding {
  if (!changesTexts(normalization)) return encoding;
  return { ...encoding, tokenizer: new NormalizingTokenizer(encoding.tokenizer, normalization) };
}

/** The tokenizer whose texts are cut and whose model works in this way. */
function typeOf(
  preTokenizer: unknown,
  model: unknown,
  fail: (key: string, problem: string) => never,
): TokenizerType {
  const given = JSON.stringify(preTokenizer);
  const types = (Object.keys(layouts) as TokenizerType[]).filter(
    (type) => JSON.stringify(layouts[type].preTokenizer) === given,
  );
  if (types.length === 0) fail('pre_tokenizer', `is ${given}, not one that heddle writes`);
  const expected = types.map((type) => JSON.stringify(layouts[type].model)).join(' or ');
  return (
    types.find((type) => layouts[type].model === model) ??
    fail('model.type', `is ${JSON.stringify(model)}, expected ${expected}`)
  );
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
