import { expect } from 'vitest';
import type { Value } from './evaluate.js';

/** The largest |a − b| ÷ max(1, |b|); infinite where the sizes differ or a value is no number. */
export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
  }
  return largest;
}

/** Expects equal shapes, and values within `tolerance` of `expected` (relative where they are larger than 1). */
export function expectClose(
  actual: Value | undefined,
  expected: Value | undefined,
  tolerance: number,
  what = 'value',
): void {
  if (!actual || !expected) throw new Error(`${what}: there is no ${actual ? 'expected' : 'actual'} value.`);
  expect(actual.shape, `shape of ${what}`).toEqual(expected.shape);
  expect(largestError(actual.values, expected.values), `error of ${what}`).toBeLessThanOrEqual(tolerance);
}
