import { describe, expect, it } from 'vitest';
import { splitGroups } from './groupedSplit.js';
import { splitOf } from './split.js';

const keys = Array.from({ length: 2000 }, (_, i) => `key ${Math.floor(i / 2)}`);
const shares = { seed: 3, validation: 0.1, test: 0.2 };
const count = (parts: readonly string[], name: string) => parts.filter((part) => part === name).length;

it('splits groups as splitOf splits sources', () => {
  expect(splitGroups(keys, shares)).toEqual(keys.map((key) => splitOf(key, shares)));
});

describe('folds', () => {
  const folds = [0, 1, 2, 3, 4].map((fold) => splitGroups(keys, { ...shares, folds: 5, fold }));

  it('test every row once, and keep groups together', () => {
    keys.forEach((key, i) => {
      expect(folds.filter((parts) => parts[i] === 'test')).toHaveLength(1);
      for (const parts of folds) expect(parts[i]).toBe(parts[keys.indexOf(key)]);
    });
  });

  it('are of about one size, with their share of validation', () => {
    for (const parts of folds) {
      expect(count(parts, 'test') / keys.length).toBeCloseTo(0.2, 1);
      expect(Math.abs(count(parts, 'validation') / keys.length - 0.1)).toBeLessThan(0.03);
    }
  });
});

it('gives each part its share of a rare class', () => {
  const strata = keys.map((_, i) => (Math.floor(i / 2) % 20 === 0 ? 'rare' : 'usual'));
  const parts = splitGroups(keys, { ...shares, strata });
  const rare = parts.filter((_, i) => strata[i] === 'rare');
  expect([count(rare, 'test'), count(rare, 'validation'), rare.length]).toEqual([20, 10, 100]);
  keys.forEach((key, i) => expect(parts[i]).toBe(parts[keys.indexOf(key)]));
});

it.each([
  [{ folds: 1 }, 'folds'],
  [{ folds: 5, fold: 5 }, 'fold is 5, but 5 folds count from 0'],
  [{ strata: ['a'] }, '2000 rows, but 1 classes'],
])('says what cannot be: %o', (options, message) => {
  expect(() => splitGroups(keys, { ...shares, ...options })).toThrow(message);
});
