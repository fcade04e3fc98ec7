/** How often each n-gram of some tokens occurs, for one n. */
export type NgramCounts = ReadonlyMap<string, number>;

/** The n-grams of `n` tokens, which are joined by `separator`: one that occurs in no token, or '' for characters. */
export function countNgrams(tokens: readonly string[], n: number, separator = ' '): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= tokens.length; i++) {
    const ngram = n === 1 ? tokens[i]! : tokens.slice(i, i + n).join(separator);
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** Σ over n-grams of the lesser of both counts. */
export function commonNgrams(some: NgramCounts, others: NgramCounts): number {
  let common = 0;
  for (const [ngram, count] of some) common += Math.min(count, others.get(ngram) ?? 0);
  return common;
}

/** Number of n-grams, each as often as it occurs. */
export function totalNgrams(counts: NgramCounts): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

/** Of each n-gram the largest of its counts. */
export function unionNgrams(all: readonly NgramCounts[]): NgramCounts {
  const union = new Map<string, number>();
  for (const counts of all)
    for (const [ngram, count] of counts) union.set(ngram, Math.max(count, union.get(ngram) ?? 0));
  return union;
}
