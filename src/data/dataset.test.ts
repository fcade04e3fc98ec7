import { describe, expect, it } from 'vitest';
import { characterTokenizer, wordTokenizer } from '../text/tokenizer.js';
import { UNKNOWN } from '../text/vocabulary.js';
import { buildEncoding, encodeExamples, encodeSource } from './dataset.js';
import { countOf, lengthOf } from './sequences.js';

const examples = [
  { source: 'ab', references: ['X Y', 'Y'], origin: 'words.tsv: line 1' },
  { source: 'c', references: [''], origin: 'words.tsv: line 3' },
  { source: 'bcab', references: ['Y Y Y X'], origin: 'words.tsv: line 4' },
];
const encoding = {
  source: buildEncoding(['abc', 'bc', 'b'], characterTokenizer), // b c a
  target: buildEncoding(['X Y', 'Y'], wordTokenizer), // Y X
};

describe('encodeExamples', () => {
  it('stores sources per example and targets per pair', () => {
    const dataset = encodeExamples(examples, encoding);
    expect(dataset.examples).toEqual(examples);
    expect([...dataset.sources.ids]).toEqual([6, 4, 5, 4, 5, 6, 4]);
    expect([...dataset.sources.offsets]).toEqual([0, 2, 3, 7]);
    expect([...dataset.targets.ids]).toEqual([5, 4, 4, 4, 4, 4, 5]);
    expect([...dataset.targets.offsets]).toEqual([0, 2, 3, 3, 7]);
    expect([...dataset.exampleOfPair]).toEqual([0, 0, 1, 2]);
    expect([countOf(dataset.sources), countOf(dataset.targets), lengthOf(dataset.targets, 2)]).toEqual([
      3, 4, 0,
    ]);
    expect(dataset.report).toEqual({
      skippedPairs: 0,
      unalignablePairs: 0,
      unknownSourceTokens: 0,
      unknownTargetTokens: 0,
    });
  });

  it('counts unknown tokens', () => {
    const dataset = encodeExamples([{ source: 'aß', references: ['Q X Q'], origin: 'x' }], encoding);
    expect([...dataset.targets.ids]).toEqual([UNKNOWN, 5, UNKNOWN]);
    expect(dataset.report).toMatchObject({ unknownSourceTokens: 1, unknownTargetTokens: 2 });
  });

  it('refuses what is too long, naming row, length, limit and remedy', () => {
    expect(() => encodeExamples(examples, encoding, { maxTargetLength: 3 })).toThrow(
      'words.tsv: line 4: the target has 4 tokens, more than maxTargetLength 3. Shorten it, raise maxTargetLength, or set onTooLong: skip.',
    );
    expect(() => encodeExamples(examples, encoding, { maxSourceLength: 3 })).toThrow(
      /line 4: the source has 4/,
    );
    expect(
      encodeExamples(examples, encoding, { maxSourceLength: 4, maxTargetLength: 4 }).examples,
    ).toHaveLength(3);
  });

  it('skips and counts what is too long on request', () => {
    const limits = { maxSourceLength: 3, maxTargetLength: 1, onTooLong: 'skip' } as const;
    const dataset = encodeExamples(examples, encoding, limits);
    expect(dataset.report.skippedPairs).toBe(2);
    expect(dataset.examples.map(({ source }) => source)).toEqual(['ab', 'c']);
    expect([...dataset.exampleOfPair]).toEqual([0, 1]);
    expect([...dataset.targets.offsets]).toEqual([0, 1, 1]);
    expect(() => encodeExamples(examples, encoding, { maxSourceLength: 0, onTooLong: 'skip' })).toThrow(
      'all 4 pairs',
    );
  });

  it('refuses an example without a source, and a set without examples', () => {
    const words = { source: encoding.target, target: encoding.target };
    expect(() => encodeExamples([{ source: '\u0085', references: ['X'], origin: 'row 3' }], words)).toThrow(
      'row 3: the source has no word in it',
    );
    expect(() => encodeExamples([], encoding)).toThrow('no examples');
  });
});

describe('encodeSource', () => {
  it('names where an unknown symbol stands', () => {
    expect([...encodeSource('ab?', encoding.source, 'argument 1')]).toEqual([6, 4, UNKNOWN]);
    expect(() => encodeSource('ab?', encoding.source, 'argument 1', { unknown: 'error' })).toThrow(
      'argument 1: unknown symbol "?"; this model knows a b c',
    );
    expect(() => encodeSource('', encoding.source, 'argument 1')).toThrow(
      'argument 1: the source has no character',
    );
  });
});
