import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { readFigures } from '../../test/support/fixtures.js';
import { trainEncoding } from '../data/trainEncoding.js';
import { BpeTokenizer } from './subwords/bpe.js';
import type { SubwordTokenizerType } from './tokenizer.js';
import { tokenizerFromJson, tokenizerToJson } from './tokenizerJson.js';
import { UNKNOWN } from './vocabulary.js';

// test/fixtures/subwords.py
const read = <T>(name: string) =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/subwords/${name}`, import.meta.url), 'utf8')) as T;
const lines = read<string[]>('lines.json');
const encoded = read<Record<SubwordTokenizerType, { ids: number[][]; decoded: string[] }>>('encoded.json');
// As in test/fixtures/subwords.mjs.
const sizes = { bpe: 1500, 'byte-bpe': 600, wordpiece: 1500, unigram: 1500 };
const merges = read<Record<string, [string, string][]>>('merges.json');
const texts = readFileSync(new URL('../../test/fixtures/subwords/training.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const many = readFigures('subwords/many') as {
  readonly lines: readonly string[];
  readonly digests: Readonly<Record<SubwordTokenizerType, readonly string[]>>;
};

/** As in test/fixtures/subwords.py. */
const digest = (ids: readonly number[]) =>
  createHash('sha256').update(ids.join(' ')).digest('hex').slice(0, 8);

describe.each(Object.keys(encoded) as SubwordTokenizerType[])('%s', (type) => {
  const json = read<ReturnType<typeof tokenizerToJson>>(`${type}.json`);
  const { tokenizer, vocabulary } = tokenizerFromJson(json, `${type}.json`);

  it('is trained to the same tokenizer.json every time', () => {
    const trained = trainEncoding(texts, { tokenizer: type, vocabularySize: sizes[type] });
    expect(tokenizerToJson(trained)).toEqual(json);
  });

  it('has the ids and the texts that Hugging Face’s library has from its tokenizer.json', () => {
    const { ids, decoded } = encoded[type];
    lines.forEach((line, i) => {
      expect(vocabulary.encode(tokenizer.tokenize(line)), JSON.stringify(line)).toEqual(ids[i]);
      expect(tokenizer.detokenize(ids[i]!.map((id) => vocabulary.tokens[id]!))).toBe(decoded[i]);
    });
  });

  it('has the ids of Hugging Face’s library of 10,000 lines, Chinese and emoji among them', () => {
    expect(many.lines).toHaveLength(10_000);
    expect(many.lines.filter((line) => /\p{Script=Han}/u.test(line)).length).toBeGreaterThan(3000);
    expect(many.lines.filter((line) => /\p{Extended_Pictographic}/u.test(line)).length).toBeGreaterThan(1000);
    const others = many.lines.filter(
      (line, i) => digest(vocabulary.encode(tokenizer.tokenize(line))) !== many.digests[type][i],
    );
    expect(others).toEqual([]);
  });

  it.runIf(type === 'byte-bpe')('gives the 10,000 lines back as they were', () => {
    const back = (line: string) =>
      tokenizer.detokenize(vocabulary.encode(tokenizer.tokenize(line)).map((id) => vocabulary.tokens[id]!));
    expect(many.lines.filter((line) => back(line) !== line)).toEqual([]);
  });

  it('has them with Hugging Face’s library for JavaScript, too', () => {
    const theirs = new HuggingFaceTokenizer(json, { clean_up_tokenization_spaces: false });
    // It takes unknown characters of Unigram together that stand in different words; the library for Python does not.
    const together = (ids: number[]) =>
      type === 'unigram' ? ids.filter((id, i) => id !== UNKNOWN || ids[i - 1] !== UNKNOWN) : ids;
    lines.forEach((line, i) => {
      const ids = encoded[type].ids[i]!;
      expect(together(theirs.encode(line).ids), JSON.stringify(line)).toEqual(together(ids));
      if (ids.length > 0) expect(theirs.decode(ids)).toBe(encoded[type].decoded[i]);
    });
  });

  it.runIf(type in merges)('has learnt the merges of Hugging Face’s trainer', () => {
    expect((tokenizer as BpeTokenizer).merges).toEqual(merges[type]);
  });
});
