import { describe, expect, it } from 'vitest';
import { randomKey } from '../../tensor/random.js';
import { wordTokenizer } from '../tokenizer.js';
import { withNormalization } from '../tokenizerJson.js';
import { UNKNOWN, Vocabulary } from '../vocabulary.js';
import { BpeTokenizer } from './bpe.js';
import { bpeDropout } from './bpeDropout.js';
import { toByteCharacters } from './byteAlphabet.js';
import { trainBpe } from './trainBpe.js';

const texts = [
  'the cat sat on the mat with the other cats',
  'the catalogue of the cats, 2024 and 2025',
  '猫坐在垫子上。猫在垫子上睡觉。',
];
const bpe = trainBpe(texts, { vocabularySize: 120 });
const byteBpe = trainBpe(texts, { vocabularySize: 340, byteLevel: true });

const encode = ({ tokenizer, vocabulary }: typeof bpe, text: string) =>
  Int32Array.from(vocabulary.encode(tokenizer.tokenize(text)));
const decode = ({ tokenizer, vocabulary }: typeof bpe, ids: Int32Array) =>
  tokenizer.detokenize(vocabulary.decode(ids));
const keys = Array.from({ length: 200 }, (_, i) => randomKey(i));

it('leaves each merge out of a step with the probability, as in algorithm 1 of the paper', () => {
  // ab is made with ½, and then abc with ½ of it; bc where ab is left out and bc is not, ¼; nothing with ¼.
  const tokenizer = new BpeTokenizer([
    ['a', 'b'],
    ['b', 'c'],
    ['ab', 'c'],
  ]);
  const encoding = { tokenizer, vocabulary: new Vocabulary(['a', 'b', 'c', 'ab', 'bc', 'abc']) };
  const recut = bpeDropout(encoding, { rate: 0.5 });
  const ids = encode(encoding, 'abc');
  const counts = new Map<string, number>();
  for (let i = 0; i < 8000; i++) {
    const cut = encoding.vocabulary.decode(recut(ids, randomKey(7, i))).join(' ');
    counts.set(cut, (counts.get(cut) ?? 0) + 1);
  }
  // 2000 of 8000 deviate by 39.
  const expected = { abc: 2000, 'ab c': 2000, 'a bc': 2000, 'a b c': 2000 };
  expect([...counts.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [cut, count] of Object.entries(expected))
    expect(Math.abs(counts.get(cut)! - count), cut).toBeLessThan(200);
});

describe.each([
  ['bpe', bpe],
  ['byte-bpe', byteBpe],
] as const)('dropout of %s', (_, encoding) => {
  const all = [...texts, 'the hats  of\tcats ', 'cat', ' ', 'at the cat.\n\nthe mat'];
  const known = all.map((text) => encode(encoding, text)).filter((ids) => !ids.includes(UNKNOWN));

  it('leaves no merge out at a rate of 0', () => {
    const recut = bpeDropout(encoding, { rate: 0 });
    for (const ids of all.map((text) => encode(encoding, text)))
      for (const key of keys.slice(0, 3)) expect(recut(ids, key)).toEqual(ids);
  });

  it('gives characters or bytes at a rate of 1', () => {
    const recut = bpeDropout(encoding, { rate: 1 });
    for (const ids of known) {
      const text = decode(encoding, ids);
      const symbols = encoding === bpe ? Array.from(text).length : new TextEncoder().encode(text).length;
      expect(recut(ids, 1)).toHaveLength(symbols);
    }
  });

  it('spells the same text in other cuts, the same one for the same key', () => {
    const recut = bpeDropout(encoding, { rate: 0.3 });
    for (const ids of known)
      for (const key of keys) expect(decode(encoding, recut(ids, key))).toBe(decode(encoding, ids));
    const ids = encode(encoding, texts[0]!);
    expect(recut(ids, keys[1]!)).toEqual(recut(ids, keys[1]!));
    expect(new Set(keys.map((key) => recut(ids, key).join())).size).toBeGreaterThan(150);
    expect(new Set(keys.map((key) => recut(ids, key).length)).size).toBeGreaterThan(5);
  });

  it('keeps a text within the tokens that it may have', () => {
    const ids = encode(encoding, texts[0]!);
    const free = bpeDropout(encoding, { rate: 0.5 });
    const tight = bpeDropout(encoding, { rate: 0.5, maxLength: ids.length + 4 });
    const kept = keys.map((key) => tight(ids, key));
    expect(Math.min(...keys.map((key) => free(ids, key).length))).toBeGreaterThan(ids.length + 4);
    expect(Math.max(...kept.map(({ length }) => length))).toBeLessThanOrEqual(ids.length + 4);
    expect(new Set(kept.map((cut) => cut.join())).size).toBeGreaterThan(50);
    for (const cut of kept) expect(decode(encoding, cut)).toBe(texts[0]);
    const full = bpeDropout(encoding, { rate: 1, maxLength: ids.length });
    expect(full(ids, 1)).toEqual(ids);
  });
});

it('keeps characters that are not known, and cuts what stands beside them', () => {
  const text = 'the cat☃ the xcat cats';
  const ids = encode(bpe, text);
  const recut = bpeDropout(bpe, { rate: 1 });
  const cut = recut(ids, 1);
  expect(cut.filter((id) => id === UNKNOWN)).toHaveLength(2);
  expect(bpe.vocabulary.decode(cut)).toEqual([
    ...['t', 'h', 'e', ' ', 'c', 'a', 't', '<unknown>', ' ', 't', 'h', 'e'],
    ...[' ', '<unknown>', 'c', 'a', 't', ' ', 'c', 'a', 't', 's'],
  ]);
  expect(bpeDropout(bpe, { rate: 0 })(ids, 1)).toEqual(ids);
});

it('keeps bytes that begin inside of a character, and reserved tokens', () => {
  const bytes = byteBpe.vocabulary.encode(Array.from(toByteCharacters('猫')));
  const ids = Int32Array.from([...bytes.slice(1), ...encode(byteBpe, ' the cat')]);
  expect(bpeDropout(byteBpe, { rate: 1 })(ids, 1)).toEqual(ids);
  const { tokenizer, vocabulary } = trainBpe(texts, { vocabularySize: 120, reserved: ['<mask>'] });
  const masked = Int32Array.from([
    vocabulary.reservedId('<mask>'),
    ...vocabulary.encode(tokenizer.tokenize(' the')),
  ]);
  const cut = bpeDropout({ tokenizer, vocabulary }, { rate: 1 })(masked, 1);
  expect(vocabulary.decode(cut)).toEqual(['<mask>', ' ', 't', 'h', 'e']);
});

it('cuts normalised texts, and refuses what has no merges', () => {
  const lower = withNormalization(bpe, { lowercase: true });
  const ids = Int32Array.from(lower.vocabulary.encode(lower.tokenizer.tokenize('THE CAT')));
  expect(lower.vocabulary.decode(bpeDropout(lower, { rate: 1 })(ids, 1)).join('')).toBe('the cat');
  const words = { tokenizer: wordTokenizer, vocabulary: new Vocabulary(['a']) };
  expect(() => bpeDropout(words, { rate: 0.1 })).toThrow(
    'bpeDropout: the tokenizer is word, which has no merges to leave out. Take bpe or byte-bpe.',
  );
  expect(() => bpeDropout(bpe, { rate: 1.5 })).toThrow('bpeDropout: rate is 1.5');
  expect(() => bpeDropout(bpe, { rate: 0.1, maxLength: 0 })).toThrow('bpeDropout: maxLength is 0');
});
