import { describe, expect, it } from 'vitest';
import { UserError } from '../tensor/errors.js';
import { compareCodePoints, END, PAD, START, UNKNOWN, Vocabulary } from './vocabulary.js';

const characters = (...texts: string[]) => texts.map((text) => Array.from(text));

describe('Vocabulary.build', () => {
  it('orders by frequency, then by code point, whatever the order of the data', () => {
    const tokens = ['<pad>', '<start>', '<end>', '<unknown>', 'a', 'b', 'c', '\ue000', '😀'];
    expect(Vocabulary.build(characters('aa😀', 'bbca', '\ue000')).tokens).toEqual(tokens);
    expect(Vocabulary.build(characters('\ue000', 'acbb', '😀aa')).tokens).toEqual(tokens);
  });

  it('keeps what minCount and maxSize allow', () => {
    const data = characters('aaabbc');
    expect(Vocabulary.build(data, { minCount: 2 }).tokens.slice(4)).toEqual(['a', 'b']);
    expect(Vocabulary.build(data, { maxSize: 1 }).tokens.slice(4)).toEqual(['a']);
    expect(Vocabulary.build([]).size).toBe(4);
  });

  it('does not let a text inject a special token', () => {
    const vocabulary = Vocabulary.build([['<pad>', 'a', '<end>']]);
    expect(vocabulary.size).toBe(5);
    expect([...vocabulary.encode(['<pad>', '<end>', 'a'])]).toEqual([UNKNOWN, UNKNOWN, 4]);
  });
});

describe('encode and decode', () => {
  const vocabulary = new Vocabulary(['a', 'b', 'constructor']);

  it('are inverse for known tokens', () => {
    const tokens = ['b', 'a', 'constructor', 'a'];
    expect([...vocabulary.encode(tokens)]).toEqual([5, 4, 6, 4]);
    expect(vocabulary.decode(vocabulary.encode(tokens))).toEqual(tokens);
    expect([...vocabulary.encode([])]).toEqual([]);
  });

  it('decode stops at END and leaves out PAD and START', () => {
    expect(vocabulary.decode([START, 4, 5, PAD, UNKNOWN, END, 4, 99])).toEqual(['a', 'b', '<unknown>']);
    expect(() => vocabulary.decode([7])).toThrow('id 7 is outside of a vocabulary of 7');
  });

  it('gives UNKNOWN or a message that names the symbols and what is known', () => {
    const letters = Vocabulary.build(characters('cab '));
    expect([...letters.encode(['a', 'ß'])]).toEqual([letters.idOf('a'), UNKNOWN]);
    expect(() => letters.encode(['a', 'ß', 'Q', 'ß'], { unknown: 'error' })).toThrow(
      new UserError('unknown symbols "ß" (U+00DF), "Q"; this model knows " " a b c'),
    );
    expect(() => letters.encode(['Q'], { unknown: 'error' })).toThrow(/^unknown symbol "Q"; /);
    expect([...letters.encode(['a'], { unknown: 'error' })]).toHaveLength(1);
  });

  it('cuts long lists of unknown and of known tokens', () => {
    const numbers = new Vocabulary(Array.from({ length: 500 }, (_, i) => `w${i}`));
    expect(() => numbers.encode(['x y'], { unknown: 'error' })).toThrow(
      'unknown symbol "x y"; this model knows 500 others',
    );
    const words = Array.from({ length: 7 }, (_, i) => `x${i}`);
    expect(() => numbers.encode(words, { unknown: 'error' })).toThrow(
      /^unknown symbols "x0", "x1", "x2", "x3", "x4" and 2 more; /,
    );
  });
});

it('refuses empty, doubled and special tokens', () => {
  expect(() => new Vocabulary(['a', 'a'])).toThrow('token "a" occurs twice');
  expect(() => new Vocabulary([''])).toThrow('token "" is empty');
  expect(() => new Vocabulary(['<end>'])).toThrow('spelt like a special token');
});

it('compareCodePoints orders by code point', () => {
  expect(['😀', 'b', '\uffff', 'ab', 'a', ''].sort(compareCodePoints)).toEqual([
    '',
    'a',
    'ab',
    'b',
    '\uffff',
    '😀',
  ]);
});
