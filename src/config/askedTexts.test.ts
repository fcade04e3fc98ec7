import { describe, expect, it } from 'vitest';
import {
  askedForm,
  columnsOf,
  parseAsked,
  parsePlain,
  type AskedText,
  type ContextKind,
} from './askedTexts.js';
import { buildEncoding } from '../data/dataset.js';
import { characterTokenizer, wordTokenizer } from '../text/tokenizer.js';
import { shownText } from './textColumns.js';

const words = buildEncoding(['a b c'], wordTokenizer);
const sizes = ['width', 'height'];
const originOf = (i: number) => `text ${i + 1}`;

describe('what is asked with a context', () => {
  it.each<[ContextKind, string, AskedText]>([
    ['none', 'a b', 'a b'],
    ['text', 'a b\tc', { text: 'a b', context: 'c' }],
    [sizes, 'a\t 1.5\t-2e1', { text: 'a', context: [1.5, -20] }],
  ])('%s is read from a line', (kind, line, asked) => {
    expect(parseAsked(line, kind, words, 'line 1')).toEqual(asked);
  });

  it.each<[ContextKind, string, string]>([
    [
      'none',
      'a\tb',
      'line 1: a tab stands in the text, and this model reads no context behind one. Leave out',
    ],
    [
      'text',
      'a',
      "line 1: the context is missing. Write the text and its context with a tab between, in a shell $'TEXT\\tCONTEXT'.",
    ],
    ['text', 'a\tb\tc', 'line 1: there are 3 parts with tabs between, the model reads 2.'],
    [
      sizes,
      'a',
      "the context is missing. Write the text and its context with a tab between, in a shell $'TEXT\\tWIDTH",
    ],
    [sizes, 'a\t1', 'there are 2 parts with tabs between, the model reads 3.'],
    [sizes, 'a\t1\tx', 'line 1: "x" is not a number (height). Correct it.'],
    [sizes, 'a\t1\t ', 'line 1: " " is not a number (height).'],
  ])('%s in %j is refused', (kind, line, message) => {
    expect(() => parseAsked(line, kind, words, 'line 1')).toThrow(message);
  });

  it('has tabs where they are tokens', () => {
    const characters = (text: string) => buildEncoding([text], characterTokenizer);
    expect(parsePlain('a\tb', characters('a\tb'), 'line 1')).toBe('a\tb');
    expect(() => parsePlain('a\tb', characters('ab'), 'line 1')).toThrow('line 1: a tab stands in the text');
  });

  it('is written as it is read', () => {
    expect(askedForm('none')).toBe('TEXT');
    expect(askedForm(sizes)).toBe('TEXT\tWIDTH\tHEIGHT');
    const texts = ['a', 'b'];
    expect(shownText({ texts, contexts: ['c', 'd'] }, 1)).toBe('b\td');
    expect(shownText({ texts, features: [1, 2, 3, 4.5] }, 1)).toBe('b\t3\t4.5');
    expect(shownText({ texts }, 0)).toBe('a');
  });

  it('goes into columns', () => {
    expect(columnsOf(['a', 'b'], 'none', originOf)).toEqual({ texts: ['a', 'b'] });
    expect(columnsOf([{ text: 'a', context: 'b' }], 'text', originOf)).toEqual({
      texts: ['a'],
      contexts: ['b'],
    });
    expect(columnsOf([{ text: 'a', context: [1, 2] }], sizes, originOf)).toEqual({
      texts: ['a'],
      features: [1, 2],
    });
  });

  it.each<[ContextKind, AskedText, string]>([
    ['none', { text: 'a', context: 'b' }, 'text 1: the model reads texts without a context'],
    ['text', 'a', 'text 1: the model reads a text and its context, a second text'],
    ['text', { text: 'a', context: [1] }, 'a second text'],
    [sizes, { text: 'a', context: 'b' }, 'Give width, height with it'],
    [sizes, { text: 'a', context: [1] }, 'Give width, height with it'],
    [sizes, { text: 'a', context: [1, NaN] }, 'Give width, height with it'],
  ])('is refused where a model of %s reads another: %j', (kind, asked, message) => {
    expect(() => columnsOf([asked], kind, originOf)).toThrow(message);
  });
});
