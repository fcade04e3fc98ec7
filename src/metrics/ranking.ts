/** Items that a model ranked for one query: a user, a question. */
export interface RankedItems {
  /** The higher, the further ahead. */
  readonly scores: ArrayLike<number>;
  /** Of each item, 0: not relevant. */
  readonly relevances: ArrayLike<number>;
}

/** Hit rate at k: the share of queries with a relevant item among the first k. @throws RangeError without a query. */
export function hitRate(queries: readonly RankedItems[], k: number): number {
  return mean(queries, (query) => (firstRank(query) <= k ? 1 : 0));
}

/**
 * Mean reciprocal rank: the mean of 1 ÷ the rank of the first relevant item, 0 where there is none. An item ranks behind all
 * others with its score.
 * @throws RangeError without a query.
 */
export function meanReciprocalRank(queries: readonly RankedItems[]): number {
  return mean(queries, (query) => 1 / firstRank(query));
}

/**
 * Normalised discounted cumulative gain (Järvelin & Kekäläinen 2002): Σ relevance ÷ log₂(1 + rank) over the first k items, ÷
 * that of the best order; the mean over queries, 0 for one without a relevant item. Items of equal score share their places
 * (McSherry & Najork 2008), as in scikit-learn.
 * @param k by default all items count. @throws RangeError without a query.
 */
export function ndcg(queries: readonly RankedItems[], k = Infinity): number {
  return mean(queries, ({ scores, relevances }) => {
    const best = gain({ scores: relevances, relevances }, k);
    return best === 0 ? 0 : gain({ scores, relevances }, k) / best;
  });
}

/** Rank of the first relevant item, from 1; Infinity where there is none. */
function firstRank({ scores, relevances }: RankedItems): number {
  let best = -Infinity;
  for (let i = 0; i < scores.length; i++) if (relevances[i]! > 0) best = Math.max(best, scores[i]!);
  if (best === -Infinity) return Infinity;
  let rank = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i]! >= best) rank++;
  return rank;
}

function gain({ scores, relevances }: RankedItems, k: number): number {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  let total = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    let [relevance, discounts] = [0, 0];
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) {
      relevance += relevances[order[end]!]!;
      if (end < k) discounts += 1 / Math.log2(2 + end);
    }
    total += (relevance / (end - start)) * discounts;
    start = end;
  }
  return total;
}

function mean(queries: readonly RankedItems[], of: (query: RankedItems) => number): number {
  if (queries.length === 0) throw new RangeError('a metric needs at least one query');
  for (const { scores, relevances } of queries)
    if (scores.length !== relevances.length)
      throw new RangeError(`there are ${scores.length} scores, but ${relevances.length} relevances`);
  if (queries.some(({ scores }) => Array.from(scores).some(Number.isNaN))) return NaN;
  return queries.reduce((total, query) => total + of(query), 0) / queries.length;
}
