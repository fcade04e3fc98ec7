import { describe, expect, it } from 'vitest';
import { trainEncoding } from '../data/trainEncoding.js';
import { tokenizers, type SubwordTokenizerType } from './tokenizer.js';
import { tokenizerFromJson, tokenizerToJson } from './tokenizerJson.js';
import { Vocabulary } from './vocabulary.js';

/** A tokenizer.json in the hands of somebody who changes it. */
interface Changeable {
  model: { type: string; vocab: Record<string, unknown>; merges: unknown[] };
  pre_tokenizer: unknown;
}

const encodings = Object.values(tokenizers).map((tokenizer) => ({
  tokenizer,
  vocabulary: Vocabulary.build([tokenizer.tokenize('the cat\u00e9 10 __proto__ 😀 9')]),
}));

describe.each(encodings)('tokenizer.json of $tokenizer.type tokens', (encoding) => {
  const roundTrip = () =>
    JSON.parse(JSON.stringify(tokenizerToJson(encoding))) as ReturnType<typeof tokenizerToJson>;

  it('gives the same encoding when read again', () => {
    const read = tokenizerFromJson(roundTrip(), 'tokenizer.json');
    expect(read.tokenizer).toBe(encoding.tokenizer);
    expect(read.vocabulary.tokens).toEqual(encoding.vocabulary.tokens);
  });

  it('names the file and the key of what is wrong', () => {
    const broken = (change: (json: Changeable) => void) => {
      const json = roundTrip();
      change(json as unknown as Changeable);
      return () => tokenizerFromJson(json, 'run/source.json');
    };
    expect(() => tokenizerFromJson([], 'run/source.json')).toThrow(
      'run/source.json: the file is not a JSON object',
    );
    expect(broken((json) => (json.model.type = 'BPE'))).toThrow('run/source.json: model.type is "BPE"');
    expect(broken((json) => (json.pre_tokenizer = { type: 'Metaspace' }))).toThrow('Metaspace');
    expect(broken((json) => (json.model.vocab['<pad>'] = 99))).toThrow('is 99, not an id from 0 to');
    expect(broken((json) => delete json.model.vocab['<end>'])).toThrow('not an id from 0 to');
    expect(broken((json) => Object.assign(json.model.vocab, { '<pad>': 1, '<start>': 0 }))).toThrow(
      'does not give id 0 to <pad>',
    );
    expect(broken((json) => (json.model.vocab['9'] = 4))).toThrow('gives id 4 to two tokens');
    expect(broken((json) => (json.model.vocab['9'] = 1.5))).toThrow('is 1.5, not an id');
    expect(broken((json) => delete (json as { model?: unknown }).model)).toThrow('model is missing');
  });
});

const subwords: SubwordTokenizerType[] = ['bpe', 'byte-bpe', 'wordpiece', 'unigram'];
const texts = ['the cat and the cats', '猫和猫头鹰 __proto__ constructor 10 9'];

describe.each(subwords)('tokenizer.json of %s', (type) => {
  const encoding = trainEncoding(texts, { tokenizer: type, vocabularySize: 320, reserved: ['<mask>'] });
  const written = () => JSON.parse(JSON.stringify(tokenizerToJson(encoding))) as unknown;

  it('gives the same encoding when read again', () => {
    const { tokenizer, vocabulary } = tokenizerFromJson(written(), 'tokenizer.json');
    expect(tokenizer.type).toBe(type);
    expect(vocabulary).toEqual(encoding.vocabulary);
    expect(tokenizerToJson({ tokenizer, vocabulary })).toEqual(tokenizerToJson(encoding));
    for (const text of [...texts, 'a dog 狗', '']) {
      const tokens = encoding.tokenizer.tokenize(text);
      expect(tokenizer.tokenize(text)).toEqual(tokens);
      expect(tokenizer.detokenize(tokens)).toBe(encoding.tokenizer.detokenize(tokens));
    }
  });

  it('has no token that a text could inject', () => {
    const { tokenizer, vocabulary } = encoding;
    const ids = vocabulary.encode(tokenizer.tokenize('<pad> <mask>'));
    expect(ids).not.toContain(0);
    expect(ids).not.toContain(vocabulary.reservedId('<mask>'));
  });
});

it('names what is wrong with the models of subwords', () => {
  const broken = (type: SubwordTokenizerType, change: (json: Changeable) => void) => {
    const json = JSON.parse(
      JSON.stringify(tokenizerToJson(trainEncoding(texts, { tokenizer: type }))),
    ) as Changeable;
    change(json);
    return () => tokenizerFromJson(json, 'x.json');
  };
  expect(broken('bpe', ({ model }) => (model.type = 'WordPiece'))).toThrow(
    'x.json: model.type is "WordPiece", expected "BPE" or "Unigram"',
  );
  expect(broken('bpe', ({ model }) => (model.merges = ['a b']))).toThrow(
    'x.json: model.merges[0] is "a b", not two tokens that make a third',
  );
  expect(broken('bpe', ({ model }) => (model.merges = [['t', 'q']]))).toThrow('model.merges[0] is ["t","q"]');
  expect(broken('bpe', ({ model }) => delete (model as Partial<typeof model>).merges)).toThrow(
    'model.merges is missing',
  );
  expect(broken('wordpiece', ({ model }) => (model.vocab = [] as never))).toThrow('model.vocab is missing');
  expect(broken('unigram', ({ model }) => (model.vocab = {}))).toThrow('model.vocab is missing');
  expect(broken('unigram', ({ model }) => (model.vocab[5] = ['a']))).toThrow(
    'model.vocab[5] is ["a"], not a piece and its score',
  );
});
