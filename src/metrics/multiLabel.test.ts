import { expect, it } from 'vitest';
import { averageCounts, figuresOf } from './classification.js';
import { multiLabelCounts } from './multiLabel.js';

const pairs = {
  targets: [1, 0, 0, 1, 1, NaN, 0, 1, 0],
  predictions: [0.9, 0.2, 0.6, 0.5, 0.1, 0.9, 0.7, 0.8, 0.1],
};

it('counts each class on its own', () => {
  const counts = multiLabelCounts(pairs, 3);
  expect(counts).toEqual([
    { right: 2, said: 3, real: 2 },
    { right: 1, said: 1, real: 2 },
    { right: 0, said: 1, real: 0 },
  ]);
  expect(figuresOf(counts[0]!).f1).toBe(4 / 5);
  expect(averageCounts(counts, 'micro')).toEqual({ precision: 3 / 5, recall: 3 / 4, f1: 6 / 9, support: 4 });
  expect(averageCounts(counts, 'macro').f1).toBeCloseTo((4 / 5 + 2 / 3 + 0) / 3, 12);
  expect(averageCounts(counts, 'weighted').f1).toBeCloseTo((4 / 5 + 2 / 3) / 2, 12);
  expect(multiLabelCounts(pairs, 3, 0.7)[0]).toEqual({ right: 1, said: 2, real: 2 });
  expect(() => multiLabelCounts(pairs, 2)).toThrow('must both be rows of 2 classes');
});
