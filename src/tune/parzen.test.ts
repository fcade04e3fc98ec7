import { describe, expect, it } from 'vitest';
import { choiceDensity, parzenDensity } from './parzen.js';

const CELLS = 20;

/** Shares of many draws by cell, and those of the density. */
function histogram(density: ReturnType<typeof parzenDensity>) {
  const drawn = new Array<number>(CELLS).fill(0);
  const DRAWS = 20_000;
  for (let i = 0; i < DRAWS; i++)
    drawn[Math.min(CELLS - 1, Math.floor(density.draw(i) * CELLS))]! += 1 / DRAWS;
  const FINE = 200;
  const expected = drawn.map((_, cell) => {
    const places = Array.from({ length: FINE }, (_, i) => (cell + (i + 0.5) / FINE) / CELLS);
    return places.reduce((sum, place) => sum + density.at(place), 0) / (FINE * CELLS);
  });
  return { drawn, expected };
}

describe('a Parzen estimator', () => {
  it.each([[[]], [[0.5]], [[0, 1]], [[0.2, 0.21, 0.22, 0.9]], [[0.5, 0.5, 0.5]]])(
    'is a density on [0, 1], and draws from it: %s',
    (points) => {
      const { drawn, expected } = histogram(parzenDensity(points));
      expect(expected.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
      // Four standard deviations of a share of 20,000 draws.
      drawn.forEach((share, i) => expect(Math.abs(share - expected[i]!)).toBeLessThan(0.013));
    },
  );

  it('is high where the points are, and nowhere zero', () => {
    const density = parzenDensity([0.3, 0.31, 0.33, 0.29]);
    expect(density.at(0.3)).toBeGreaterThan(2 * density.at(0.9));
    expect(density.at(1)).toBeGreaterThan(0);
  });
});

describe('the density of choices', () => {
  it('counts each once more than it was taken', () => {
    const density = choiceDensity([0.1, 0.15, 0.9], 3);
    // (2 + 1) ÷ 6, (0 + 1) ÷ 6, (1 + 1) ÷ 6, on a third of the places each.
    expect([1 / 6, 3 / 6, 5 / 6].map((place) => density.at(place))).toEqual([1.5, 0.5, 1]);
    const draws = Array.from({ length: 6000 }, (_, i) => density.draw(i));
    expect(draws.filter((place) => place < 1 / 3).length / 6000).toBeCloseTo(0.5, 1);
    expect(new Set(draws)).toEqual(new Set([0.5 / 3, 1.5 / 3, 2.5 / 3]));
  });
});
