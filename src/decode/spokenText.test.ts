import { expect, it } from 'vitest';
import { BpeTokenizer } from '../text/subwords/bpe.js';
import { wordTokenizer } from '../text/tokenizer.js';
import { SpokenText } from './spokenText.js';

it('says words as they come, after those that are known', () => {
  const spoken = new SpokenText(wordTokenizer, ['a']);
  expect([...spoken.next(['a', 'b'])]).toEqual([' b']);
  expect([...spoken.next(['a', 'b'])]).toEqual([]);
  expect([...spoken.rest(['a', 'b', 'c'])]).toEqual([' c']);
});

it('waits for all bytes of a character, and says what is left at the end', () => {
  const bytes = new BpeTokenizer([], { byteLevel: true });
  const tokens = bytes.tokenize('a东😀');
  expect(tokens).toHaveLength(8);
  const spoken = new SpokenText(bytes);
  const pieces = tokens.map((_, i) => [...spoken.next(tokens.slice(0, i + 1))].join(''));
  expect(pieces).toEqual(['a', '', '', '东', '', '', '', '😀']);
  const cut = new SpokenText(bytes);
  expect([...cut.next(tokens.slice(0, 3))]).toEqual([]);
  expect([...cut.rest(tokens.slice(0, 3))]).toEqual(['a\ufffd']);
});
