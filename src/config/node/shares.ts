import type { GroupedSplitOptions } from '../../data/groupedSplit.js';

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
