import type { GroupedSplitOptions } from '../../data/groupedSplit.js';
import type { SplitMarks } from '../../data/splitMarks.js';

/** How a source is split: parts with a file of their own take nothing of it. */
export function sharesOf<Split extends GroupedSplitOptions>({
  split,
  validation,
  test,
}: {
  readonly split: Split;
  readonly validation?: unknown;
  readonly test?: unknown;
}): Split {
  return { ...split, validation: validation ? 0 : split.validation, test: test ? 0 : split.test };
}

/** The times of rows as a split takes them; nothing where they have none. */
export function timesOf(rows: readonly SplitMarks[]): Pick<GroupedSplitOptions, 'times'> {
  const times = rows.flatMap(({ time }) => time ?? []);
  return times.length > 0 ? { times } : {};
}
