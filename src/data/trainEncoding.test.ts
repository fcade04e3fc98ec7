import { expect, it } from 'vitest';
import type { TokenizerType } from '../text/tokenizer.js';
import { trainEncoding } from './trainEncoding.js';

const texts = ['the cat sat', 'the cats', '猫坐'];

it('trains every type of tokenizer', () => {
  const types: TokenizerType[] = ['character', 'word', 'bpe', 'byte-bpe', 'wordpiece', 'unigram'];
  for (const type of types) {
    const { tokenizer, vocabulary } = trainEncoding(texts, { tokenizer: type, reserved: ['<mask>'] });
    expect(tokenizer.type).toBe(type);
    expect(vocabulary.reservedId('<mask>')).toBe(vocabulary.size - 1);
    expect(
      vocabulary.encode(tokenizer.tokenize('the cat 猫'), { unknown: type === 'word' ? 'id' : 'error' }),
    ).not.toEqual([]);
  }
});

it('keeps all characters and words, or as many as a vocabulary has room for', () => {
  expect(trainEncoding(texts, { tokenizer: 'word' }).vocabulary.size).toBe(4 + 5);
  const few = trainEncoding(texts, { tokenizer: 'word', vocabularySize: 6, reserved: ['<mask>'] });
  expect(few.vocabulary.tokens.slice(4)).toEqual(['the', '<mask>']);
  expect(() => trainEncoding(texts, { tokenizer: 'word', vocabularySize: 4 })).toThrow(
    'trainEncoding: vocabularySize is 4; it must be at least 5',
  );
});
