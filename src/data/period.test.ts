import { expect, it } from 'vitest';
import { randomUniform } from '../tensor/random.js';
import { findPeriod } from './period.js';

const series = (count: number, make: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => make(i));
const noise = (i: number) => randomUniform(1, i) - 0.5;

it('finds after how many rows a series repeats itself', () => {
  expect(
    findPeriod(
      series(600, (i) => Math.sin((2 * Math.PI * i) / 24) + noise(i)),
      200,
    ),
  ).toBe(24);
  expect(
    findPeriod(
      series(600, (i) => (i % 7 === 0 ? 5 : 0) + noise(i)),
      200,
    ),
  ).toBe(7);
});

it('finds none where there is none', () => {
  expect(findPeriod(series(600, noise), 200)).toBeUndefined();
  expect(
    findPeriod(
      series(600, () => 3),
      200,
    ),
  ).toBeUndefined();
  expect(findPeriod([1, 2], 200)).toBeUndefined();
});
