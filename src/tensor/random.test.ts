import { describe, expect, it } from 'vitest';
import { hashText, mix, permutation, randomBits, randomKey, randomNormal, randomUniform } from './random.js';

const COUNT = 20_000;
const draw = (value: (index: number) => number) => Array.from({ length: COUNT }, (_, i) => value(i));
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

describe('counter-based random numbers', () => {
  it('are a pure function of key and index', () => {
    const key = randomKey(1, 2, 3);
    const forwards = draw((i) => randomBits(key, i));
    const backwards = draw((i) => randomBits(key, COUNT - 1 - i));
    expect(backwards.reverse()).toEqual(forwards);
  });

  it('never change: a saved run is resumed with them', () => {
    expect([0, 1, 12345, -1].map(mix)).toEqual([0, 1753845952, -1859191561, 1734902346]);
    const key = randomKey(1, 2, 3);
    expect([randomBits(key, 0), randomBits(key, 1), randomBits(key, 1000)]).toEqual([
      3421926568, 1301787507, 3896146879,
    ]);
    expect(hashText('heddle')).toBe(1516405042);
    expect(Array.from(permutation(8, key))).toEqual([3, 6, 1, 4, 2, 0, 5, 7]);
  });

  it('differ between keys, and keys with the order of their parts', () => {
    expect(randomKey(1, 2)).not.toBe(randomKey(2, 1));
    expect(randomKey(0)).not.toBe(randomKey(0, 0));
    const keys = new Set(draw((i) => randomKey(7, i)));
    expect(keys.size).toBe(COUNT);
    const agree = draw((i) =>
      Number(randomBits(randomKey(1), i) >>> 31 === randomBits(randomKey(2), i) >>> 31),
    );
    expect(mean(agree)).toBeCloseTo(0.5, 1);
  });

  // Tolerances: 4 standard errors of 20,000 draws.
  it('are uniform in [0, 1)', () => {
    const values = draw((i) => randomUniform(randomKey(5), i));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const tenths = new Array<number>(10).fill(0);
    for (const value of values) tenths[Math.floor(value * 10)]!++;
    for (const count of tenths)
      expect(Math.abs(count - COUNT / 10)).toBeLessThan(4 * Math.sqrt(COUNT * 0.09));
  });

  it('are standard normal', () => {
    const values = draw((i) => randomNormal(randomKey(6), i));
    expect(Math.abs(mean(values))).toBeLessThan(4 / Math.sqrt(COUNT));
    expect(Math.abs(mean(values.map((x) => x * x)) - 1)).toBeLessThan(4 * Math.sqrt(2 / COUNT));
    expect(Math.abs(mean(values.map((x) => x ** 4)) - 3)).toBeLessThan(4 * Math.sqrt(96 / COUNT));
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('shuffle: every number once, another order for another key', () => {
    const order = permutation(1000, randomKey(1));
    expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(order).not.toEqual(permutation(1000, randomKey(2)));
    expect(permutation(0, 1)).toEqual(new Int32Array(0));
  });

  it('hash texts evenly', () => {
    const share = mean(draw((i) => Number(hashText(`word${i}`) < 2 ** 32 / 20)));
    expect(Math.abs(share - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / COUNT));
    expect(hashText('a', 1)).not.toBe(hashText('a', 2));
  });
});
