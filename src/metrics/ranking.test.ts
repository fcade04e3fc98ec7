import { expect, it } from 'vitest';
import { readFigures } from '../../test/support/fixtures.js';
import { hitRate, meanReciprocalRank, ndcg } from './ranking.js';

interface Case {
  readonly k: number;
  /** [queries][items] */
  readonly scores: readonly (readonly number[])[];
  readonly relevances: readonly (readonly number[])[];
  readonly ndcg: number;
  readonly ndcgAtK: number;
  /** The one relevant item of each query, in the figures below. */
  readonly relevant: readonly number[];
  /** Scores that are all different. */
  readonly distinct: readonly (readonly number[])[];
  readonly reciprocalRank: number;
  readonly hitRate: number;
}

const cases = readFigures('metrics/rankings') as readonly Case[];

it('ranking metrics are scikit-learn’s in 200 random cases', () => {
  expect(cases).toHaveLength(200);
  for (const each of cases) {
    const queries = each.scores.map((scores, i) => ({ scores, relevances: each.relevances[i]! }));
    const withOne = (of: readonly (readonly number[])[]) =>
      of.map((scores, i) => ({
        scores,
        relevances: scores.map((_, item) => (item === each.relevant[i] ? 1 : 0)),
      }));
    expect(ndcg(queries)).toBeCloseTo(each.ndcg, 9);
    expect(ndcg(queries, each.k)).toBeCloseTo(each.ndcgAtK, 9);
    expect(meanReciprocalRank(withOne(each.scores))).toBeCloseTo(each.reciprocalRank, 9);
    expect(hitRate(withOne(each.distinct), each.k)).toBeCloseTo(each.hitRate, 9);
  }
});

it('a score that is NaN makes figures NaN', () => {
  const queries = [{ scores: [NaN, 1], relevances: [1, 0] }];
  expect([ndcg(queries), hitRate(queries, 1), meanReciprocalRank(queries)]).toEqual([NaN, NaN, NaN]);
});

it('nothing relevant is no hit, and what is equal ranks behind', () => {
  const none = [{ scores: [3, 2], relevances: [0, 0] }];
  expect([hitRate(none, 2), meanReciprocalRank(none), ndcg(none)]).toEqual([0, 0, 0]);
  const equal = [{ scores: [1, 1, 0], relevances: [1, 0, 0] }];
  expect([hitRate(equal, 1), meanReciprocalRank(equal)]).toEqual([0, 0.5]);
  expect(() => ndcg([])).toThrow('at least one query');
  expect(() => hitRate([{ scores: [1], relevances: [] }], 1)).toThrow('1 scores, but 0 relevances');
});
