import { describe, expect, it } from 'vitest';
import { randomKey, randomUniform } from '../tensor/random.js';
import { UserError } from '../tensor/errors.js';
import { END } from '../text/vocabulary.js';
import { Constraints } from './constraints.js';

const follow = (constraints: Constraints, ids: readonly number[]) =>
  ids.reduce((progress, id) => constraints.advance(progress, id), constraints.start);

describe('constraints', () => {
  it('are met where the phrases are there, whatever stands around them', () => {
    let met = 0;
    for (let seed = 0; seed < 400; seed++) {
      const draw = (count: number, salt: number) =>
        Array.from({ length: count }, (_, i) => 4 + Math.floor(2 * randomUniform(randomKey(seed, salt), i)));
      const phrases = [draw(1 + (seed % 4), 0), draw(1 + (seed % 3), 1)];
      const ids = draw(8, 2);
      const constraints = new Constraints(phrases);
      const there = phrases.every((phrase) => ids.join('').includes(phrase.join('')));
      expect(constraints.isMet(follow(constraints, ids)), `${phrases.join(' | ')} in ${ids}`).toBe(there);
      if (there) met++;
    }
    expect(met).toBeGreaterThan(50);
    expect(met).toBeLessThan(350);
  });

  it('count the tokens that are there', () => {
    const constraints = new Constraints([
      [4, 5, 4, 6],
      [7, 8],
    ]);
    let progress = constraints.start;
    const banks = [4, 5, 4, 5, 4, 9, 7, 4, 5, 4, 6, 7, 8, 9].map((id) => {
      progress = constraints.advance(progress, id);
      return progress.bank;
    });
    // 4 5 4 5 still ends with 4 5; what is there stays there.
    expect(banks).toEqual([1, 2, 3, 2, 3, 0, 1, 1, 2, 3, 4, 5, 6, 6]);
  });

  it('count once what is given twice or inside another', () => {
    expect(new Constraints([[4], [5, 4], [4], [5, 4]]).total).toBe(2);
    const overlapping = new Constraints([
      [4, 5],
      [5, 6],
    ]);
    expect(overlapping.total).toBe(4);
    expect(overlapping.isMet(follow(overlapping, [4, 5, 6]))).toBe(true);
  });

  it('keep the tokens that they need, the likeliest others, and no END too early', () => {
    const constraints = new Constraints([[7, 8]]);
    const candidates = [END, 4, 5, 8, 6, 7].map((token, i) => ({ token, logProbability: -i, weight: -i }));
    const kept = (ids: number[], width: number) =>
      constraints.worthwhile(follow(constraints, ids), candidates, width).map(({ token }) => token);
    expect(kept([], 1)).toEqual([4, 8, 7]);
    expect(kept([7], 2)).toEqual([4, 5, 8, 7]);
    expect(kept([7, 8], 2)).toEqual([END, 4]);
  });

  it('refuse what no answer can contain', () => {
    expect(() => new Constraints([[4], []])).toThrow(
      new UserError('A constraint has no tokens: name at least one that the answer must contain.'),
    );
    expect(() => new Constraints([[4, END]])).toThrow('has the token 2, which no answer contains');
  });
});
