import { describe, expect, it } from 'vitest';
import { evaluateDim, factors, product, sameShape, showShape } from './dim.js';

describe('dims', () => {
  it('have products that are equal whatever the order', () => {
    expect(product([])).toBe(1);
    expect(product([2, 3])).toBe(6);
    expect(product(['time', 2, 'batch'])).toBe('2*batch*time');
    expect(product(['2*time', '3*batch'])).toBe('6*batch*time');
    expect(product([product(['b', 'a']), 'a'])).toBe(product(['a', product(['a', 'b'])]));
    expect(product(['time', 1])).toBe('time');
  });

  it('come apart into a number and names', () => {
    expect(factors('6*batch*time')).toEqual({ factor: 6, names: ['batch', 'time'] });
    expect(factors('batch')).toEqual({ factor: 1, names: ['batch'] });
    expect(factors(4)).toEqual({ factor: 4, names: [] });
  });

  it('have a size once their names have one', () => {
    expect(evaluateDim('6*batch*time', { batch: 2, time: 5 })).toBe(60);
    expect(evaluateDim(7, {})).toBe(7);
    expect(() => evaluateDim('2*time', { batch: 2 })).toThrow("The dimension 'time' has no size here.");
  });

  it('make up shapes', () => {
    expect(sameShape(['batch', 2], ['batch', 2])).toBe(true);
    expect(sameShape(['batch', 2], ['time', 2])).toBe(false);
    expect(sameShape(['batch'], ['batch', 1])).toBe(false);
    expect(showShape(['batch', 2])).toBe('[batch, 2]');
  });
});
