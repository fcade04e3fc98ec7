import { describe, expect, it } from 'vitest';
import { characterTokenizer, tokenizers, wordTokenizer } from './tokenizer.js';

describe('characterTokenizer', () => {
  it('cuts at code points, after NFC', () => {
    expect(characterTokenizer.tokenize("it's a")).toEqual(['i', 't', "'", 's', ' ', 'a']);
    expect(characterTokenizer.tokenize('e\u0301😀')).toEqual(['\u00e9', '😀']);
    expect(characterTokenizer.tokenize('')).toEqual([]);
  });

  it('restores the text', () => {
    const text = 'straße 東京 😀\n';
    expect(characterTokenizer.detokenize(characterTokenizer.tokenize(text))).toBe(text);
  });
});

describe('wordTokenizer', () => {
  it('cuts at white space of any kind, and only there', () => {
    expect(wordTokenizer.tokenize('  B AW1\tT\u00a0x\u0085y\u3000z\r\n')).toEqual([
      'B',
      'AW1',
      'T',
      'x',
      'y',
      'z',
    ]);
    expect(wordTokenizer.tokenize('a\ufeffb')).toEqual(['a\ufeffb']);
    expect(wordTokenizer.tokenize(' \t ')).toEqual([]);
    expect(wordTokenizer.detokenize(['B', 'AW', 'T'])).toBe('B AW T');
  });
});

it('tokenizers are listed under their type, and join with their separator', () => {
  for (const [type, tokenizer] of Object.entries(tokenizers)) {
    expect(tokenizer.type).toBe(type);
    expect(tokenizer.detokenize(['x', 'y'])).toBe(`x${tokenizer.separator}y`);
  }
});
