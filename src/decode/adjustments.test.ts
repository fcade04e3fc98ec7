import { describe, expect, it } from 'vitest';
import {
  adjusted,
  after,
  forbidTokens,
  forcePrefix,
  noRepeatedNgram,
  repetitionPenalty,
} from './adjustments.js';

const candidates = [0.5, 0.3, 0.15, 0.05].map((p, token) => ({
  token,
  logProbability: Math.log(p),
  weight: Math.log(p),
}));
const tokens = (...args: Parameters<typeof adjusted>) => adjusted(...args).map(({ token }) => token);

describe('adjustments', () => {
  it('leave candidates alone where there are none', () => {
    expect(adjusted([1, 2], candidates, [])).toBe(candidates);
  });

  it('make repeated tokens less likely', () => {
    const found = adjusted([0], candidates, [repetitionPenalty(2)]);
    expect(found.map(({ token }) => token)).toEqual([1, 0, 2, 3]);
    expect(found[1]!.weight).toBeCloseTo(2 * Math.log(0.5), 12);
    expect(found[1]!.logProbability).toBeCloseTo(Math.log(0.5), 12);
  });

  it('forbid what would repeat an n-gram', () => {
    expect(tokens([1, 2, 3, 1, 2], candidates, [noRepeatedNgram(3)])).toEqual([0, 1, 2]);
    expect(tokens([1, 2, 0, 1], candidates, [noRepeatedNgram(2)])).toEqual([0, 1, 3]);
    expect(tokens([2], candidates, [noRepeatedNgram(1)])).toEqual([0, 1, 3]);
    expect(tokens([], candidates, [noRepeatedNgram(1)])).toEqual([0, 1, 2, 3]);
  });

  it('forbid tokens, and force the first ones', () => {
    expect(tokens([], candidates, [forbidTokens([0, 2])])).toEqual([1, 3]);
    expect(tokens([3], candidates, [forcePrefix([3, 1])])).toEqual([1]);
    expect(tokens([3, 1], candidates, [forcePrefix([3, 1])])).toEqual([0, 1, 2, 3]);
  });

  it('may leave nothing, and may wait', () => {
    expect(tokens([], candidates, [forbidTokens([0, 1, 2, 3])])).toEqual([]);
    const late = after(2, forbidTokens([0]));
    expect(tokens([3], candidates, [late])).toEqual([0, 1, 2, 3]);
    expect(tokens([3, 3], candidates, [late])).toEqual([1, 2, 3]);
  });

  it('refuse numbers that cannot be', () => {
    expect(() => repetitionPenalty(0)).toThrow('repetitionPenalty: penalty is 0');
    expect(() => noRepeatedNgram(1.5)).toThrow('noRepeatedNgram: size is 1.5');
  });
});
