import { describe, expect, it } from 'vitest';
import { randomKey, randomNormal } from '../tensor/random.js';
import { UserError } from '../tensor/errors.js';
import { kMeans } from './kMeans.js';

/** 30 points around each of the corners of a square of side 10. */
const corners = [
  [0, 0],
  [10, 0],
  [0, 10],
  [10, 10],
] as const;
const points = corners.flatMap((corner, c) =>
  Array.from({ length: 30 }, (_, i) => corner.map((at, j) => at + randomNormal(randomKey(4, c, j), i))),
);

describe('k-means', () => {
  it('finds clusters that stand apart, and their means', () => {
    const { centres, assignment, inertia } = kMeans(points, 4);
    for (let c = 0; c < 4; c++) {
      const own = assignment.slice(30 * c, 30 * c + 30);
      expect(new Set(own).size).toBe(1);
      const mean = [0, 1].map(
        (j) => points.slice(30 * c, 30 * c + 30).reduce((sum, p) => sum + p[j]!, 0) / 30,
      );
      centres[own[0]!]!.forEach((value, j) => expect(value).toBeCloseTo(mean[j]!, 12));
    }
    expect(new Set(assignment).size).toBe(4);
    const distances = points.map((p, i) => p.map((x, j) => (x - centres[assignment[i]!]![j]!) ** 2));
    expect(inertia).toBeCloseTo(
      distances.flat().reduce((a, b) => a + b),
      9,
    );
  });

  it('is the same for the same seed, and starts elsewhere for another', () => {
    expect(kMeans(points, 7, { seed: 3 })).toEqual(kMeans(points, 7, { seed: 3 }));
    const inertias = [1, 2, 3, 4].map((seed) => kMeans(points, 7, { seed }).inertia);
    expect(new Set(inertias).size).toBeGreaterThan(1);
    expect(kMeans(points, 7, { iterations: 1 }).inertia).toBeGreaterThanOrEqual(kMeans(points, 7).inertia);
  });

  it('takes each different point once where there are no more', () => {
    const few = [[1], [5], [1], [9], [5]];
    const { centres, inertia } = kMeans(few, 3);
    expect(centres.map(([x]) => x).sort()).toEqual([1, 5, 9]);
    expect(inertia).toBe(0);
    expect(() => kMeans(few, 4)).toThrow(
      new UserError(
        'kMeans: there are 3 different points for 4 clusters; ask for fewer, or give more points.',
      ),
    );
  });

  it('refuses what cannot be', () => {
    expect(() => kMeans([], 1)).toThrow('there are 0 different points');
    expect(() => kMeans(points, 0)).toThrow('clusters is 0');
    expect(() => kMeans([[1, 2], [3]], 1)).toThrow('point 1 has 1 values, the first has 2');
    expect(() => kMeans([[1], [NaN]], 1)).toThrow('value 0 of point 1 is NaN');
  });
});
