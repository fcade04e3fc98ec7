import { describe, expect, it } from 'vitest';
import { randomBits } from '../../tensor/random.js';
import { learnMerges, type MergeOptions } from './learnMerges.js';

const options = (size: number, alphabet = [...'abc']): MergeOptions => ({
  alphabet,
  split: (word) => [...word],
  join: (left, right) => left + right,
  size,
  minCount: 2,
});

/** The same by counting all pairs again before every merge. */
function naiveMerges(counts: ReadonlyMap<string, number>, { alphabet, size, minCount }: MergeOptions) {
  const tokens = [...alphabet];
  const merges: string[][] = [];
  const words = [...counts].map(([word, count]) => ({ count, symbols: [...word] }));
  while (tokens.length < size) {
    const pairs = new Map<string, { left: number; right: number; count: number }>();
    for (const { symbols, count } of words)
      symbols.slice(1).forEach((symbol, i) => {
        const [left, right] = [tokens.indexOf(symbols[i]!), tokens.indexOf(symbol)];
        const key = `${left} ${right}`;
        pairs.set(key, { left, right, count: (pairs.get(key)?.count ?? 0) + count });
      });
    const [best] = [...pairs.values()].sort(
      (a, b) => b.count - a.count || a.left - b.left || a.right - b.right,
    );
    if (!best || best.count < minCount) break;
    const [left, right] = [tokens[best.left]!, tokens[best.right]!];
    if (!merges.some(([a, b]) => a === left && b === right)) merges.push([left, right]);
    if (!tokens.includes(left + right)) tokens.push(left + right);
    for (const word of words)
      for (let i = 0; i + 1 < word.symbols.length; i++)
        if (word.symbols[i] === left && word.symbols[i + 1] === right)
          word.symbols.splice(i, 2, left + right);
  }
  return { tokens, merges };
}

describe('learnMerges', () => {
  it('merges what is most frequent, as in the paper', () => {
    const words = new Map([
      ['low', 5],
      ['lower', 2],
      ['newest', 6],
      ['widest', 3],
    ]);
    const alphabet = [...'deilnorstw'];
    const { tokens, merges } = learnMerges(words, options(15, alphabet));
    expect(merges).toEqual([
      ['e', 's'],
      ['es', 't'],
      ['l', 'o'],
      ['lo', 'w'],
      ['e', 'w'],
    ]);
    expect(tokens.slice(10)).toEqual(['es', 'est', 'lo', 'low', 'ew']);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('gives the merges of counting again every time (%i)', (seed) => {
    // Few letters: runs of one letter, and tokens that two pairs make.
    const letters = seed % 2 === 0 ? 'ab' : 'abc';
    const words = new Map<string, number>();
    for (let w = 0; w < 40; w++) {
      const length = 1 + (randomBits(seed, 100 * w) % 12);
      const word = Array.from(
        { length },
        (_, i) => letters[randomBits(seed, 100 * w + i + 1) % letters.length],
      );
      words.set(word.join(''), 1 + (randomBits(seed, 100 * w + 50) % 5));
    }
    expect(learnMerges(words, options(60))).toEqual(naiveMerges(words, options(60)));
  });

  it('never merges across what the alphabet lacks', () => {
    const { merges } = learnMerges(new Map([['axb', 9]]), options(60));
    expect(merges).toEqual([]);
    expect(learnMerges(new Map(), options(60)).tokens).toEqual(['a', 'b', 'c']);
  });
});
