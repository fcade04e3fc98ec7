import { describe, expect, it } from 'vitest';
import { MASK_TOKEN, sentinelIds, sentinelTokens } from './reservedTokens.js';
import { wordTokenizer } from './tokenizer.js';
import { tokenizerFromJson, tokenizerToJson } from './tokenizerJson.js';
import { UNKNOWN, Vocabulary } from './vocabulary.js';

const reserved = [MASK_TOKEN, ...sentinelTokens(2)];
const vocabulary = Vocabulary.build([['b', 'a', 'a', MASK_TOKEN]], { reserved });

describe('reserved tokens', () => {
  it('have the last ids, which no text can spell', () => {
    expect(vocabulary.tokens.slice(4)).toEqual(['a', 'b', '<mask>', '<extra_id_0>', '<extra_id_1>']);
    expect(vocabulary.ordinaryEnd).toBe(6);
    expect(vocabulary.reservedId(MASK_TOKEN)).toBe(6);
    expect(vocabulary.reservedId('<extra_id_1>')).toBe(8);
    expect(vocabulary.encode(['a', MASK_TOKEN])).toEqual([4, UNKNOWN]);
    expect(vocabulary.decode([4, 6])).toEqual(['a', MASK_TOKEN]);
    expect(() => vocabulary.encode(['c'], { unknown: 'error' })).toThrow(/this model knows a b$/);
  });

  it('tell sentinels from others', () => {
    expect(sentinelIds(vocabulary)).toEqual([7, 8]);
    expect(sentinelIds(new Vocabulary(['a'], [MASK_TOKEN]))).toEqual([]);
  });

  it('must be there, and be spelt once', () => {
    expect(() => new Vocabulary(['a']).reservedId(MASK_TOKEN)).toThrow('there is no <mask>');
    expect(() => new Vocabulary(['a'], ['a'])).toThrow('token "a" occurs twice');
    expect(() => new Vocabulary([], ['<pad>'])).toThrow('is spelt like a special token');
  });

  it('survive in tokenizer.json', () => {
    const json = tokenizerToJson({ tokenizer: wordTokenizer, vocabulary });
    expect(json.added_tokens.slice(4).map(({ id, content }) => [id, content])).toEqual([
      [6, '<mask>'],
      [7, '<extra_id_0>'],
      [8, '<extra_id_1>'],
    ]);
    const read = tokenizerFromJson(JSON.parse(JSON.stringify(json)), 'tokenizer.json');
    expect(read.vocabulary).toEqual(vocabulary);
    const moved = { ...json, added_tokens: [...json.added_tokens, { content: 'a' }] };
    expect(() => tokenizerFromJson(moved, 'tokenizer.json')).toThrow(
      'tokenizer.json: added_tokens[4] is not among the last of model.vocab',
    );
  });
});
