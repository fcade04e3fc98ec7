import { describe, expect, it } from 'vitest';
import { UNKNOWN } from '../vocabulary.js';
import { trainUnigram } from './trainUnigram.js';
import { Trie } from './trie.js';
import { UnigramTokenizer, type ScoredPiece } from './unigram.js';
import { digamma, estimate, prune } from './unigramPieces.js';
import { seedPieces } from './unigramSeeds.js';
import { likeliestPieces } from './viterbi.js';

const corpusOf = (words: readonly (readonly [word: readonly number[], count: number])[]) => ({
  characters: Int32Array.from(words.flatMap(([word]) => word)),
  offsets: Int32Array.from(words.reduce((all, [word]) => [...all, all.at(-1)! + word.length], [0])),
  counts: Float64Array.from(words.map(([, count]) => count)),
});

/** All ways to cut a word into pieces, as ids. */
function segmentations(word: readonly number[], spellings: readonly (readonly number[])[]): number[][] {
  if (word.length === 0) return [[]];
  return spellings.flatMap((piece, id) =>
    piece.every((character, i) => word[i] === character)
      ? segmentations(word.slice(piece.length), spellings).map((rest) => [id, ...rest])
      : [],
  );
}

const spellings = [[0], [1], [0, 1], [1, 0], [0, 1, 0]];
const scores = [0.3, 0.25, 0.2, 0.15, 0.1].map(Math.log);
const scoreOf = (pieces: readonly number[]) => pieces.reduce((sum, id) => sum + scores[id]!, 0);

describe('a unigram model', () => {
  it('cuts words in the likeliest way', () => {
    for (const word of [[0], [0, 1, 0, 1, 0], [1, 1, 0, 0, 1, 0, 1], [0, 0, 0]]) {
      const best = Math.max(...segmentations(word, spellings).map(scoreOf));
      const found = likeliestPieces(word, new Trie(spellings), scores, -Infinity);
      expect(found.score).toBeCloseTo(best, 12);
      expect(scoreOf(found.pieces)).toBeCloseTo(best, 12);
      expect(found.ends.at(-1)).toBe(word.length);
    }
    const without = likeliestPieces([0, 1], new Trie(spellings), scores, -Infinity, 2);
    expect(without.pieces).toEqual([0, 1]);
  });

  it('expects pieces as all segmentations together do', () => {
    const words = [
      [[0, 1, 0, 1], 3],
      [[1, 0, 0, 1, 0], 2],
    ] as const;
    const expected = spellings.map(() => 0);
    for (const [word, count] of words) {
      const all = segmentations(word, spellings);
      const total = all.reduce((sum, pieces) => sum + Math.exp(scoreOf(pieces)), 0);
      for (const pieces of all)
        for (const id of pieces) expected[id]! += (count * Math.exp(scoreOf(pieces))) / total;
    }
    const { scores: estimated } = estimate({ spellings, scores }, corpusOf(words), 2);
    const counts = expected.map((count) => Math.max(0.5, count));
    const sum = digamma(counts.reduce((all, count) => all + count, 0));
    counts.forEach((count, id) => expect(estimated[id]).toBeCloseTo(digamma(count) - sum, 10));
  });

  it('loses first what costs least', () => {
    const words = [
      [[0, 1], 50],
      [[1, 0], 2],
      [[0], 10],
      [[1], 10],
    ] as const;
    const pruned = prune({ spellings, scores }, corpusOf(words), { characters: 2, size: 3 });
    expect(pruned.spellings).toEqual([[0], [1], [0, 1]]);
    expect(pruned.scores).toEqual(scores.slice(0, 3));
  });

  it('begins with substrings that cannot be longer', () => {
    const seeds = seedPieces(
      corpusOf([
        [[0, 1, 2, 3], 5],
        [[4, 1, 2], 2],
      ]),
      10,
    );
    // 12 is in both words; 01, 23 and 123 are only ever within 0123.
    expect(seeds.map(({ start, length, count }) => [start, length, count])).toEqual([
      [0, 4, 5],
      [1, 2, 7],
      [4, 3, 2],
    ]);
  });

  it('keeps ψ exact', () => {
    // ψ(1) = −γ, ψ(1/2) = −γ − 2 ln 2, ψ(x + 1) = ψ(x) + 1/x
    expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 9);
    expect(digamma(0.5)).toBeCloseTo(-0.5772156649015329 - 2 * Math.LN2, 9);
    expect(digamma(20.5)).toBeCloseTo(digamma(19.5) + 1 / 19.5, 9);
  });
});

describe('UnigramTokenizer', () => {
  const scored: ScoredPiece[] = [
    ['a', -1],
    ['b', -2],
    ['ab', -2.5],
    [' a', -1.5],
  ];
  const tokenizer = new UnigramTokenizer(scored);

  it('takes unknown characters together', () => {
    expect(tokenizer.tokenize('abba')).toEqual(['ab', 'b', 'a']);
    expect(tokenizer.tokenize('axyb ax')).toEqual(['a', 'xy', 'b', ' a', 'x']);
    expect(tokenizer.tokenize('')).toEqual([]);
    expect(tokenizer.detokenize(['ab', ' a'])).toBe('ab a');
  });

  it('of equally likely cuts takes the one with the longest last piece', () => {
    const even = new UnigramTokenizer([
      ['a', -1],
      ['aa', -2],
    ]);
    expect(even.tokenize('aaa')).toEqual(['a', 'aa']);
  });
});

describe('trainUnigram', () => {
  const texts = [
    ...Array.from({ length: 30 }, (_, i) => `weaving weavers weave ${i % 3 === 0 ? 'woven' : 'the'} cloth`),
    ...Array.from({ length: 20 }, () => '织布机织布，织女织布。'),
  ];
  const { tokenizer, vocabulary } = trainUnigram(texts, { vocabularySize: 33, reserved: ['<mask>'] });

  it('keeps all characters and pieces that are frequent', () => {
    expect(vocabulary.size).toBe(33);
    expect(vocabulary.reservedId('<mask>')).toBe(32);
    expect(vocabulary.tokens).toContain(' weave');
    expect(vocabulary.tokens).toContain('织女织布');
    for (const text of texts) {
      const tokens = tokenizer.tokenize(text);
      expect(tokenizer.detokenize(vocabulary.decode(vocabulary.encode(tokens, { unknown: 'error' })))).toBe(
        text,
      );
      expect(tokens.length).toBeLessThan(Array.from(text).length / 2);
    }
    expect(vocabulary.encode(tokenizer.tokenize('q'))).toEqual([UNKNOWN]);
  });

  it('gives pieces probabilities, the likeliest first', () => {
    const scores = tokenizer.scored.map(([, score]) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const sum = scores.reduce((all, score) => all + Math.exp(score), 0);
    expect(sum).toBeGreaterThan(0.8);
    expect(sum).toBeLessThanOrEqual(1);
  });

  it('does not depend on the order of the texts', () => {
    const other = trainUnigram([...texts].reverse(), { vocabularySize: 33, reserved: ['<mask>'] });
    expect(other.vocabulary.tokens).toEqual(vocabulary.tokens);
  });

  it('is content with little', () => {
    expect(trainUnigram([]).vocabulary.size).toBe(4);
    expect(trainUnigram(['ab'], { vocabularySize: 5 }).vocabulary.size).toBe(5);
    const rare = trainUnigram(['aab', 'aac'], { minCount: 2 }).vocabulary;
    expect(rare.tokens.slice(4).sort()).toEqual(['a', 'aa']);
    expect(() => trainUnigram([], { vocabularySize: 4 })).toThrow('trainUnigram: vocabularySize is 4');
  });
});
