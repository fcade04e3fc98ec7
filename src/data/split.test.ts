import { describe, expect, it } from 'vitest';
import { permutation } from '../tensor/random.js';
import { splitNames, splitOf } from './split.js';
import { splitExamples } from './splitExamples.js';

const options = { seed: 1, validation: 0.05, test: 0.1 };
const examples = Array.from({ length: 20_000 }, (_, i) => ({
  source: `word${i}`,
  references: ['x'],
  origin: `line ${i + 1}`,
}));

describe('splitExamples', () => {
  const splits = splitExamples(examples, options);

  it('puts every example into one split, with about the given shares', () => {
    expect(splitNames.flatMap((name) => splits[name])).toHaveLength(examples.length);
    // 5 standard deviations of a binomial count.
    expect(Math.abs(splits.test.length - 2000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.1 * 0.9));
    expect(Math.abs(splits.validation.length - 1000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.05 * 0.95));
  });

  it('depends on the source and the seed only', () => {
    const shuffled = Array.from(permutation(examples.length, 3), (i) => examples[i]!).slice(0, 5000);
    const other = splitExamples(shuffled, options);
    for (const name of splitNames) {
      const sources = new Set(splits[name].map(({ source }) => source));
      expect(other[name].every(({ source }) => sources.has(source))).toBe(true);
    }
    expect(splitExamples(examples, { ...options, seed: 2 }).test).not.toEqual(splits.test);
  });

  it('never moves: a change here would leak test words into training of older runs', () => {
    const words = ['a', 'hello', 'world', 'zebra', "o'clock", 'heddle', 'loom', 'shuttle'];
    const half = { seed: 1, validation: 0.3, test: 0.3 };
    expect(words.map((word) => splitOf(word, half))).toMatchInlineSnapshot(`
      [
        "train",
        "validation",
        "test",
        "test",
        "train",
        "train",
        "test",
        "train",
      ]
    `);
  });

  it('gives nothing to a share of 0', () => {
    const { train, validation, test } = splitExamples(examples, { seed: 1, validation: 0, test: 0 });
    expect([train.length, validation.length, test.length]).toEqual([examples.length, 0, 0]);
  });

  it.each([
    [{ seed: 1, validation: -0.1, test: 0.1 }, 'must be shares'],
    [{ seed: 1, validation: 0.5, test: 0.5 }, 'must be shares'],
    [{ seed: 1, validation: NaN, test: 0.1 }, 'must be shares'],
  ])('refuses %o', (bad, message) => {
    expect(() => splitExamples(examples, bad)).toThrow(message);
  });

  it('refuses a split without training data', () => {
    const all = { seed: 1, validation: 0, test: 0.999999 };
    expect(() => splitExamples(examples.slice(0, 3), all)).toThrow('no example is left to train on');
  });
});

it('keeps together what equal texts of either side join, over any number of pairs', () => {
  const pairs = Array.from({ length: 40 }, (_, i) => [
    { source: `a${i}`, references: [`x${i}`], origin: '' },
    { source: `A${i}!`, references: [`y${i}`], origin: '' },
    { source: `b${i}`, references: [`Y${i}`, `z${i}`], origin: '' },
  ]).flat();
  const parts = splitExamples(pairs, { seed: 1, validation: 0.3, test: 0.3, groupBy: 'component' });
  for (const part of splitNames) {
    const groups = new Set(parts[part].map(({ source }) => source.replace(/\D/g, '')));
    expect(groups.size).toBeGreaterThan(4);
    expect(parts[part]).toHaveLength(3 * groups.size);
  }
});
