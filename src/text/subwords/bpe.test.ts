import { describe, expect, it } from 'vitest';
import { randomBits } from '../../tensor/random.js';
import { UNKNOWN } from '../vocabulary.js';
import { BpeTokenizer } from './bpe.js';
import { trainBpe } from './trainBpe.js';

const texts = ['the cat sat on the mat', 'the catalogue of cats', '猫坐在垫子上。', '猫在垫子上睡觉。'];

describe('byte-level BPE', () => {
  const encoding = trainBpe(texts, { vocabularySize: 300, byteLevel: true });
  const { tokenizer, vocabulary } = encoding;
  const roundTrip = (text: string) =>
    tokenizer.detokenize(
      vocabulary.decode(vocabulary.encode(tokenizer.tokenize(text), { unknown: 'error' })),
    );

  it('learns pieces with the space before them', () => {
    expect(tokenizer.type).toBe('byte-bpe');
    expect(vocabulary.size).toBeLessThanOrEqual(300);
    expect(tokenizer.tokenize('the cat')).toEqual(['the', 'Ġcat']);
    expect(tokenizer.tokenize('')).toEqual([]);
    expect(tokenizer.detokenize([])).toBe('');
  });

  it.each([
    'The cat  sat\ton\r\n\n the mat. ',
    ' 猫坐在垫子上。　“你好”，世界！',
    '👩‍👩‍👧‍👦 👍🏽 🇨🇳 ❤️‍🔥 \u{1f9ff}',
    'नमस्ते สวัสดี שלום עולם',
    'e\u0301 \u00e9 \ufeff \u0085 \u2028 \0 <pad> <unknown>',
    'x'.repeat(5000),
  ])('gives back %j as it was', (text) => {
    expect(roundTrip(text)).toBe(text);
  });

  it('gives back random texts; halves of surrogate pairs become U+FFFD', () => {
    for (let round = 0; round < 200; round++) {
      const units = Array.from({ length: 1 + (round % 40) }, (_, i) => {
        const bits = randomBits(round, i);
        const range = [0x80, 0x800, 0x10000][bits % 3]!;
        return String.fromCharCode((bits >>> 4) % range);
      });
      const text = units.join('');
      expect(roundTrip(text)).toBe(text.replace(/\p{Surrogate}/gu, '\ufffd'));
    }
    expect(roundTrip('a\ud83dz')).toBe('a\ufffdz');
  });

  it('reads tokens that are no bytes as they are spelt', () => {
    expect(tokenizer.detokenize(['the', '<mask>', 'Ġ', '东'])).toBe('the<mask> 东');
    expect(tokenizer.detokenize([tokenizer.tokenize('東')[0]!])).toBe('\ufffd');
  });

  it('needs room for all bytes', () => {
    expect(() => trainBpe(texts, { vocabularySize: 259, byteLevel: true })).toThrow(
      'trainBpe: vocabularySize is 259; it must be at least 260: 4 special tokens, 0 reserved ones and 256 of texts.',
    );
    expect(trainBpe([], { vocabularySize: 260, byteLevel: true }).vocabulary.size).toBe(260);
  });
});

describe('BPE of characters', () => {
  const { tokenizer, vocabulary } = trainBpe(texts, { vocabularySize: 60, reserved: ['<mask>'] });

  it('gives back known texts in NFC, and has reserved tokens', () => {
    expect(tokenizer.type).toBe('bpe');
    expect(vocabulary.size).toBeLessThanOrEqual(60);
    expect(vocabulary.reservedId('<mask>')).toBe(vocabulary.size - 1);
    for (const text of texts) {
      const ids = vocabulary.encode(tokenizer.tokenize(text), { unknown: 'error' });
      expect(tokenizer.detokenize(vocabulary.decode(ids))).toBe(text);
    }
  });

  it('knows no character that training has not seen, and says which', () => {
    const tokens = tokenizer.tokenize('the cät犬');
    expect(tokens.join('')).toBe('the cät犬');
    expect(vocabulary.encode(tokens).filter((id) => id === UNKNOWN)).toHaveLength(2);
    expect(() => vocabulary.encode(tokens, { unknown: 'error' })).toThrow('"ä" (U+00E4), "犬" (U+72AC)');
  });

  it('leaves out rare characters, also those that have no room', () => {
    const rare = trainBpe(['aaab', 'aaac', 'bb'], { minCount: 2 }).vocabulary;
    expect(rare.tokens.slice(4, 6)).toEqual(['a', 'b']);
    expect(rare.tokens).not.toContain('c');
    const narrow = trainBpe(['aaab', 'aaac', 'bb'], { vocabularySize: 6 }).vocabulary;
    expect(narrow.tokens.slice(4)).toEqual(['a', 'b']);
  });

  it('does not depend on the order of the texts', () => {
    const options = { vocabularySize: 60 };
    const [one, other] = [trainBpe(texts, options), trainBpe([...texts].reverse(), options)];
    expect(other.vocabulary.tokens).toEqual(one.vocabulary.tokens);
    expect(other.tokenizer.merges).toEqual(one.tokenizer.merges);
  });

  it.each([
    [{ vocabularySize: 4 }, /it must be at least 5/],
    [{ vocabularySize: 2.5 }, /vocabularySize is 2\.5; it must be a whole number from 1/],
    [{ minCount: 0 }, /minCount is 0; it must be a whole number from 1/],
    [{ vocabularySize: 5, reserved: ['<mask>'] }, /4 special tokens, 1 reserved ones and 1 of texts/],
  ])('refuses %j', (options, message) => {
    expect(() => trainBpe(texts, options)).toThrow(message);
  });
});

it('merges in the order of training, from the left', () => {
  const tokenizer = new BpeTokenizer([
    ['b', 'c'],
    ['a', 'b'],
    ['a', 'a'],
    ['aa', 'a'],
  ]);
  expect(tokenizer.tokenize('abc')).toEqual(['a', 'bc']);
  expect(tokenizer.tokenize('ab')).toEqual(['ab']);
  expect(tokenizer.tokenize('aaaaa')).toEqual(['aa', 'aaa']);
  expect(tokenizer.tokenize('a'.repeat(100_001))).toHaveLength(50_000);
});
