import { expect, it } from 'vitest';
import { searchWords, withDefaults, type DecodingOptions } from './decodingOptions.js';

it('says how answers are searched for', () => {
  expect(searchWords({})).toBe('greedy');
  expect(searchWords({ beam: 5, lengthPenalty: 0, prefix: '' })).toBe('beam 5');
  expect(searchWords({ beam: 5, lengthPenalty: 0.6, maxLength: 1, constraints: ['b'] })).toBe(
    'beam 5, length penalty 0.6, at most 1 token, constraint "b"',
  );
  const all = {
    maxLength: 20,
    prefix: 'a',
    constraints: ['b', 'c d'],
    repetitionPenalty: 1.2,
    noRepeatedNgram: 3,
  };
  expect(searchWords(all)).toBe(
    'greedy, at most 20 tokens, prefix "a", constraints "b", "c d", repetition penalty 1.2, no 3-gram twice',
  );
});

it('takes what is told over the defaults, and what is undefined as not told', () => {
  const defaults: DecodingOptions = { beam: 4, prefix: 'a', topK: 3 };
  expect(withDefaults<DecodingOptions>(defaults, { beam: undefined, prefix: '', minP: 0.1 })).toEqual({
    beam: 4,
    prefix: '',
    topK: 3,
    minP: 0.1,
  });
});
