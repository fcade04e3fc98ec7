import { UserError } from '../tensor/errors.js';
import { tokenizers, type Tokenizer, type TokenizerType } from './tokenizer.js';
import { specialTokens, UNKNOWN, Vocabulary } from './vocabulary.js';

/** How texts of one side (source or target) become ids and back. */
export interface TextEncoding {
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
}

const preTokenizers: Readonly<Record<TokenizerType, object>> = {
  character: { type: 'Split', pattern: { Regex: '' }, behavior: 'Isolated', invert: false },
  word: { type: 'WhitespaceSplit' },
};

/**
 * The encoding in the layout of Hugging Face's `tokenizer.json` (a WordLevel model over NFC text), which the
 * `tokenizers` libraries of Python, Rust and JavaScript read with the same ids. START and END are not added by it.
 */
export function tokenizerToJson({ tokenizer, vocabulary }: TextEncoding) {
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
    normalizer: { type: 'NFC' },
    pre_tokenizer: preTokenizers[tokenizer.type],
    post_processor: null,
    // Without a decoder the libraries join tokens by spaces; Fuse joins them by nothing.
    decoder: tokenizer.type === 'character' ? { type: 'Fuse' } : null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(vocabulary.tokens.map((token, id) => [token, id])),
      unk_token: specialTokens[UNKNOWN],
    },
  };
}

/**
 * Reads what {@link tokenizerToJson} wrote.
 * @param where the file's name, for messages.
 * @throws UserError when the value is something else: another model or pre-tokenizer, ids with gaps, or special
 * tokens that are not ids 0–3.
 */
export function tokenizerFromJson(json: unknown, where: string): TextEncoding {
  const fail = (key: string, problem: string): never => {
    throw new UserError(`${where}: ${key} ${problem}; is this a tokenizer.json that heddle wrote?`);
  };
  const root = asRecord(json) ?? fail('the file', 'is not a JSON object');
  const preTokenizer = JSON.stringify(root.pre_tokenizer);
  const type =
    (Object.keys(preTokenizers) as TokenizerType[]).find(
      (name) => JSON.stringify(preTokenizers[name]) === preTokenizer,
    ) ?? fail('pre_tokenizer', `is ${preTokenizer}, not one for characters or words`);
  const model = asRecord(root.model) ?? fail('model', 'is missing');
  if (model.type !== 'WordLevel')
    fail('model.type', `is ${JSON.stringify(model.type)}, expected "WordLevel"`);
  const vocab = asRecord(model.vocab) ?? fail('model.vocab', 'is missing');

  const entries = Object.entries(vocab);
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
  const vocabulary = new Vocabulary(tokens.slice(specialTokens.length, end), tokens.slice(end));
  return { tokenizer: tokenizers[type], vocabulary };
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
