import { describe, expect, it } from 'vitest';
import { UNKNOWN } from '../vocabulary.js';
import { trainWordPiece } from './trainWordPiece.js';
import { WordPieceTokenizer } from './wordPiece.js';

describe('WordPiece', () => {
  it('takes the longest piece first, and knows a word as a whole or not', () => {
    const tokenizer = new WordPieceTokenizer(['un', 'unable', '##a', '##able', '##d', '!']);
    expect(tokenizer.tokenize('unable unad!')).toEqual(['unable', 'un', '##a', '##d', '!']);
    expect(tokenizer.tokenize('unabled unx')).toEqual(['unable', '##d', 'unx']);
    expect(tokenizer.tokenize(`un${'a'.repeat(98)}`)).toHaveLength(99);
    expect(tokenizer.tokenize(`un${'a'.repeat(99)}`)).toEqual([`un${'a'.repeat(99)}`]);
    expect(tokenizer.tokenize(' \n')).toEqual([]);
  });

  it('puts spaces between words, but not before Chinese and closing signs', () => {
    const tokenizer = new WordPieceTokenizer([]);
    expect(tokenizer.detokenize(['we', '##ave', 'cloth', ',', 'too', '.'])).toBe('weave cloth, too.');
    expect(tokenizer.detokenize(['我', '会', '说', 'C', '##hinese', '。'])).toBe('我会说 Chinese。');
    expect(tokenizer.detokenize(['##a', '<unknown>'])).toBe('##a <unknown>');
    expect(tokenizer.detokenize([])).toBe('');
  });
});

describe('trainWordPiece', () => {
  const texts = ['low lower lowest', 'new newer newest', '我会说中文，也会说英文。'];
  const { tokenizer, vocabulary } = trainWordPiece(texts, { vocabularySize: 70 });

  it('learns pieces that begin words and pieces that go on', () => {
    expect(vocabulary.tokens).toContain('lo');
    expect(vocabulary.tokens).toContain('##west');
    expect(tokenizer.tokenize('newest')).toEqual(['ne', '##west']);
    for (const text of texts) {
      const ids = vocabulary.encode(tokenizer.tokenize(text), { unknown: 'error' });
      expect(tokenizer.detokenize(vocabulary.decode(ids))).toBe(text);
    }
  });

  it('knows every character at every place where training has seen it, and at the beginning of words', () => {
    expect(vocabulary.encode(tokenizer.tokenize('tew'))).not.toContain(UNKNOWN);
    expect(vocabulary.encode(tokenizer.tokenize('我会狗'))).toEqual([
      vocabulary.idOf('我'),
      vocabulary.idOf('会'),
      UNKNOWN,
    ]);
  });

  it('does not learn from words that are too long to be cut', () => {
    expect(trainWordPiece(['z'.repeat(101)]).vocabulary.size).toBe(4);
    expect(() => trainWordPiece(texts, { vocabularySize: 4 })).toThrow('trainWordPiece: vocabularySize is 4');
  });
});
