import { expect, it } from 'vitest';
import { displayWidth, fitWidth, padWidth } from './displayWidth.js';

it('counts the columns of IPA, East Asian characters and emoji', () => {
  const texts = ['', 'abc', 'ˈpɹəʊ̯', 't͡ʃ', 'e\u0301', '日本語', 'ｱｲ', '한국', '。', '👩‍👩‍👧', '─█'];
  expect(texts.map(displayWidth)).toEqual([0, 3, 5, 2, 1, 6, 2, 4, 2, 2, 2]);
});

it('cuts and pads by columns', () => {
  expect(fitWidth('abcdef', 6)).toBe('abcdef');
  expect(fitWidth('abcdef', 4)).toBe('abc…');
  expect(fitWidth('日本語', 4)).toBe('日…');
  expect(fitWidth('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
  expect(fitWidth('abc', 0)).toBe('');
  expect(padWidth('日', 4)).toBe('日  ');
  expect(padWidth('日', 4, 'start')).toBe('  日');
  expect(padWidth('x', 4, 'both')).toBe(' x  ');
  expect(padWidth('long', 2)).toBe('long');
});
