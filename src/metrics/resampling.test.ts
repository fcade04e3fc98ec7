import { describe, expect, it } from 'vitest';
import { readFigures } from '../../test/support/fixtures.js';
import { randomNormal, randomUniform } from '../tensor/random.js';
import type { AnsweredText } from './answeredText.js';
import { bleuSums } from './bleu.js';
import { measurable, type Measurable } from './exampleSums.js';
import { approximateRandomization, bootstrapInterval, pairedBootstrap } from './resampling.js';

const mean = (values: readonly number[]): Measurable<number> => ({
  examples: values,
  measure: (chosen) => chosen.reduce((a, b) => a + b, 0) / chosen.length,
});
const normal = (key: number, count: number, shift = 0) =>
  Array.from({ length: count }, (_, i) => shift + randomNormal(key, i));

describe('bootstrap intervals', () => {
  it('of a mean are those of theory', () => {
    const values = normal(1, 400);
    const { low, high } = bootstrapInterval(mean(values), { samples: 4000 });
    const average = (of: readonly number[]) => mean(of).measure(of);
    const centre = average(values);
    const deviation = Math.sqrt(average(values.map((x) => (x - centre) ** 2)));
    const half = (1.96 * deviation) / Math.sqrt(values.length);
    expect(Math.abs(low - (centre - half))).toBeLessThan(0.1 * half);
    expect(Math.abs(high - (centre + half))).toBeLessThan(0.1 * half);
  });

  it('of BLEU are about sacreBLEU’s, which draws other examples', () => {
    const {
      segments,
      mean: centre,
      half,
    } = readFigures('metrics/interval') as {
      segments: readonly AnsweredText[];
      mean: number;
      half: number;
    };
    const { low, high } = bootstrapInterval(measurable(bleuSums(), segments));
    expect(Math.abs((high + low) / 2 - centre)).toBeLessThan(0.15 * half);
    expect(Math.abs((high - low) / 2 - half)).toBeLessThan(0.15 * half);
  });

  it('are the same for the same seed', () => {
    const values = mean(normal(2, 30));
    expect(bootstrapInterval(values, { seed: 3 })).toEqual(bootstrapInterval(values, { seed: 3 }));
    expect(bootstrapInterval(values, { seed: 3 })).not.toEqual(bootstrapInterval(values, { seed: 4 }));
    expect(bootstrapInterval(mean([5, 5]))).toEqual({ low: 5, high: 5 });
    expect(bootstrapInterval({ examples: [1], measure: () => NaN })).toEqual({ low: NaN, high: NaN });
    expect(() => bootstrapInterval(values, { samples: 0 })).toThrow('samples is 0');
  });
});

describe('examples that depend on their neighbours', () => {
  const inBlocks = (block: number, measured: Measurable<number>) => ({ ...measured, block });

  it('are drawn in blocks that follow each other', () => {
    const drawn: number[][] = [];
    const places: Measurable<number> = {
      examples: Array.from({ length: 11 }, (_, i) => i),
      measure: (chosen) => drawn.push([...chosen]),
    };
    bootstrapInterval(inBlocks(4, places), { samples: 300 });
    for (const chosen of drawn) {
      expect(chosen).toHaveLength(11);
      chosen.forEach((place, i) => {
        if (i % 4 > 0) expect(place).toBe(chosen[i - 1]! + 1);
      });
    }
    // Any place may be the first of a block that fits.
    expect(new Set(drawn.map(([first]) => first))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    const alone = mean(normal(4, 30));
    expect(bootstrapInterval(inBlocks(1, alone))).toEqual(bootstrapInterval(alone));
  });

  it('of no more than one block have neither interval nor p', () => {
    const [first, second] = [inBlocks(5, mean(normal(8, 5))), mean(normal(9, 5))];
    expect(bootstrapInterval(first)).toEqual({ low: NaN, high: NaN });
    for (const test of [pairedBootstrap, approximateRandomization])
      expect(test(first, second)).toEqual({
        difference: expect.any(Number) as number,
        interval: { low: NaN, high: NaN },
        p: NaN,
      });
    expect(() => bootstrapInterval({ ...first, block: 0.5 })).toThrow('block is 0.5');
  });

  it('make a difference by chance no surer than it is', () => {
    // Each figure comes twenty times over: 400 are worth 20.
    const repeated = (key: number) => normal(key, 20).flatMap((x) => new Array<number>(20).fill(x));
    const found = (test: typeof pairedBootstrap, block: number) =>
      Array.from({ length: 60 }, (_, i) =>
        test(inBlocks(block, mean(repeated(5000 + i))), mean(repeated(7000 + i)), { samples: 100 }),
      ).filter(({ p }) => p < 0.05).length;
    for (const test of [pairedBootstrap, approximateRandomization]) {
      expect(found(test, 1)).toBeGreaterThan(30);
      expect(found(test, 20)).toBeLessThanOrEqual(12);
    }
  });

  it('are swapped block by block', () => {
    const [first, second] = [normal(5, 12), normal(6, 12, 0.5)];
    const sums = (values: readonly number[]) =>
      [0, 3, 6, 9].map((at) => values.slice(at, at + 3).reduce((a, b) => a + b));
    const { p } = approximateRandomization(inBlocks(3, mean(first)), mean(second), { samples: 5000 });
    expect(Math.abs(p - exactP(sums(first), sums(second)))).toBeLessThan(0.02);
  });
});

/** p of swapping every subset of the examples: what approximate randomisation draws from. */
function exactP(first: readonly number[], second: readonly number[]): number {
  const differences = first.map((x, i) => second[i]! - x);
  const total = Math.abs(differences.reduce((a, b) => a + b, 0));
  let reached = 0;
  for (let swaps = 0; swaps < 1 << differences.length; swaps++) {
    const sum = differences.reduce((all, each, i) => all + ((swaps >> i) & 1 ? -each : each), 0);
    if (Math.abs(sum) >= total - 1e-12) reached++;
  }
  return reached / (1 << differences.length);
}

describe('paired tests', () => {
  it('by randomisation draw from all swaps', () => {
    for (const shift of [0, 0.5, 1]) {
      const [first, second] = [normal(5, 12), normal(6, 12, shift)];
      const { p } = approximateRandomization(mean(first), mean(second), { samples: 5000 });
      expect(Math.abs(p - exactP(first, second))).toBeLessThan(0.02);
    }
  });

  it('of right and wrong answers are McNemar’s', () => {
    // 14 examples that one system alone has right, 4 that the other has, 22 that both or neither has.
    const first = Array.from({ length: 40 }, (_, i) => (i < 4 || i >= 29 ? 1 : 0));
    const second = Array.from({ length: 40 }, (_, i) => ((i >= 4 && i < 18) || i >= 29 ? 1 : 0));
    const { p, difference } = approximateRandomization(mean(first), mean(second), { samples: 5000 });
    expect(difference).toBeCloseTo(0.25, 12);
    // Two-sided exact binomial test: 2 · P(X ≤ 4 | 18, ½).
    expect(Math.abs(p - (2 * (1 + 18 + 153 + 816 + 3060)) / 2 ** 18)).toBeLessThan(0.01);
  });

  it('by the bootstrap agree with the interval', () => {
    for (let key = 10; key < 30; key++) {
      const [first, second] = [normal(key, 50), normal(key + 100, 50, 0.3)];
      const { p, interval, difference } = pairedBootstrap(mean(first), mean(second));
      expect(difference).toBeCloseTo(mean(second).measure(second) - mean(first).measure(first), 12);
      if (interval.low > 0 || interval.high < 0) expect(p).toBeLessThanOrEqual(0.053);
      else expect(p).toBeGreaterThanOrEqual(0.05);
    }
  });

  it('find a difference that is there, and none between equal systems', () => {
    const values = Array.from({ length: 200 }, (_, i) => randomUniform(7, i));
    const better = values.map((x) => x + 0.01);
    for (const test of [pairedBootstrap, approximateRandomization]) {
      expect(test(mean(values), mean(better)).p).toBeLessThan(0.01);
      expect(test(mean(values), mean(values))).toMatchObject({ difference: 0, p: 1 });
      expect(() => test(mean([1]), mean([1, 2]))).toThrow('1 and 2 examples');
    }
  });

  it('hardly ever find one by chance', () => {
    const found = (test: typeof pairedBootstrap) =>
      Array.from({ length: 100 }, (_, i) =>
        test(mean(normal(1000 + i, 40)), mean(normal(3000 + i, 40)), { samples: 200 }),
      ).filter(({ p }) => p < 0.05).length;
    expect(found(pairedBootstrap)).toBeLessThanOrEqual(12);
    expect(found(approximateRandomization)).toBeLessThanOrEqual(12);
  });
});
