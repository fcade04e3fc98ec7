import { expect, it } from 'vitest';
import { CountVectorizer } from '../text/countVectorizer.js';
import { trainBpe } from '../text/subwords/trainBpe.js';
import { trainUnigram } from '../text/subwords/trainUnigram.js';
import { trainWordPiece } from '../text/subwords/trainWordPiece.js';
import { TfidfVectorizer } from '../text/tfidfVectorizer.js';
import { wordTokenizer, type TokenizerType } from '../text/tokenizer.js';
import { buildEncoding } from './dataset.js';
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

it.each<[string, (text: string) => unknown]>([
  ['trainEncoding', (text) => trainEncoding(text, { tokenizer: 'bpe' })],
  ['trainBpe', (text) => trainBpe(text)],
  ['trainWordPiece', (text) => trainWordPiece(text)],
  ['trainUnigram', (text) => trainUnigram(text)],
  ['buildEncoding', (text) => buildEncoding(text, wordTokenizer)],
  ['CountVectorizer', (text) => CountVectorizer.fit(text)],
  ['CountVectorizer', (text) => CountVectorizer.fit(texts).transform(text)],
  ['CountVectorizer', (text) => TfidfVectorizer.fit(text as unknown as string[])],
  ['CountVectorizer', (text) => TfidfVectorizer.fit(texts).transform(text)],
])('does not take the characters of a string for texts: %s', (owner, learn) => {
  expect(() => learn('the loom\nis set')).toThrow(
    `${owner}: the texts are a single string, of which each character would be a text; give a list of texts: [text], or text.split('\\n').`,
  );
});
