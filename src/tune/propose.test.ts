import { describe, expect, it } from 'vitest';
import { proposeValues, type Sampler, type ScoredValues } from './propose.js';
import { sameValues, type Space, type Values } from './space.js';

const space: Space = {
  rate: { logUniform: [1e-4, 1] },
  dropout: { uniform: [0, 0.5] },
  layers: { integer: [1, 6] },
  cell: { choice: ['rnn', 'gru', 'lstm'] },
};

/** Like a loss: a valley in each number, and one choice that is better; 0 at its best. */
function loss({ rate, dropout, layers, cell }: Values): number {
  return (
    Math.log10((rate as number) / 0.005) ** 2 +
    8 * ((dropout as number) - 0.2) ** 2 +
    0.1 * ((layers as number) - 3) ** 2 +
    (cell === 'lstm' ? 0 : 0.4)
  );
}

function search(sampler: Sampler, seed: number, count: number): ScoredValues[] {
  const scored: ScoredValues[] = [];
  for (let trial = 1; trial <= count; trial++) {
    const tried = scored.map(({ values }) => values);
    const values = proposeValues({ space, sampler, seed, trial, scored, tried, isAllowed: () => true })!;
    scored.push({ values, score: loss(values) });
  }
  return scored;
}

const random: Sampler = { type: 'random' };
const tpe: Sampler = { type: 'tpe', startup: 8 };
const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('the tree-structured Parzen estimator', () => {
  const best = (sampler: Sampler, count: number) =>
    mean(SEEDS.map((seed) => Math.min(...search(sampler, seed, count).map(({ score }) => score))));

  it('finds in 25 trials what even drawing does not find in 60, on average over seeds', () => {
    expect(best(tpe, 25)).toBeLessThan(best(random, 60));
  });

  it('draws its first trials evenly', () => {
    expect(search(tpe, 3, 8)).toEqual(search(random, 3, 8));
    expect(search(tpe, 3, 9).at(-1)).not.toEqual(search(random, 3, 9).at(-1));
  });

  it('goes on after trials that failed or diverged', () => {
    const scored = search(random, 1, 12).map((each, i) => (i % 2 ? each : { ...each, score: Infinity }));
    const options = { space, sampler: tpe, seed: 1, trial: 13, scored, tried: [], isAllowed: () => true };
    expect(proposeValues(options)).toMatchObject({ layers: expect.any(Number) as number });
  });
});

describe('proposals', () => {
  it('follow from seed, trial and what was found', () => {
    expect(search(tpe, 5, 14)).toEqual(search(tpe, 5, 14));
    expect(search(tpe, 5, 14)).not.toEqual(search(tpe, 6, 14));
  });

  it.each([random, tpe])('never repeat themselves, and end when a space is used up: $type', (sampler) => {
    const small: Space = { a: { choice: [1, 2, 3] }, b: { integer: [1, 4] } };
    const scored: ScoredValues[] = [];
    for (let trial = 1; ; trial++) {
      const tried = scored.map(({ values }) => values);
      const values = proposeValues({ space: small, sampler, seed: 2, trial, scored, tried, isAllowed: () => true }); // prettier-ignore
      if (!values) break;
      expect(tried.some((other) => sameValues(other, values))).toBe(false);
      scored.push({ values, score: trial % 3 });
    }
    expect(scored).toHaveLength(12);
  });

  it.each([random, tpe])('keep to what is allowed: $type', (sampler) => {
    const isAllowed = ({ layers, cell }: Values) => layers === 2 || cell === 'gru';
    const scored = search(random, 1, 10);
    for (let trial = 11; trial < 40; trial++)
      expect(isAllowed(proposeValues({ space, sampler, seed: 1, trial, scored, tried: [], isAllowed })!)).toBe(true); // prettier-ignore
  });
});
