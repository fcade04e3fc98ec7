import type { ClassCounts } from './survey.js';

/** Names with how often each comes, the most frequent first. */
export function countLabels(labels: readonly string[]): ClassCounts {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
