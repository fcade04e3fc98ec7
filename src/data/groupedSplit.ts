import { hashText } from '../tensor/random.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { UserError } from '../tensor/errors.js';
import type { SplitName, SplitOptions } from './split.js';
import { splitByTime } from './timeSplit.js';

export interface GroupedSplitOptions extends SplitOptions {
  /** Parts of about one size for cross-validation: `fold` is the test part, and `test` is not heeded. */
  readonly folds?: number | undefined;
  /** When each row was: the last ones are set aside (`splitByTime`), and nothing else is heeded but the shares. */
  readonly times?: readonly number[] | undefined;
  /** Which of the folds is tested, from 0; 0 by default. */
  readonly fold?: number;
  /** The class of each row: every part gets about its share of each class, not only in expectation. */
  readonly strata?: readonly string[] | undefined;
}

/**
 * The split of each row by its group: rows of one group stay together. Without strata it is a function of the group's key
 * and the seed alone, as `splitOf` has it; with strata the groups of a class are ranked by that hash, a group counting for
 * the class of its first row.
 * @param keys the group of each row.
 * @throws UserError for a fold that there is not, unless there is a class or a time for each row, and as `splitByTime`.
 */
export function splitGroups(keys: readonly string[], options: GroupedSplitOptions): SplitName[] {
  const { validation, test, folds, fold = 0, seed, strata, times } = options;
  if (times) {
    if (times.length !== keys.length)
      throw new UserError(`split: there are ${keys.length} rows, but ${times.length} times.`);
    return splitByTime(times, options);
  }
  if (strata && strata.length !== keys.length)
    throw new UserError(`split: there are ${keys.length} rows, but ${strata.length} classes.`);
  if (folds !== undefined) {
    requireOptions('split', 'a whole number from 2', { folds });
    requireOptions('split', 'a whole number from 0', { fold });
    if (fold >= folds) throw new UserError(`split: fold is ${fold}, but ${folds} folds count from 0.`);
  }
  const position = strata ? ranks(keys, strata, seed) : (key: string) => hashText(key, seed) / 2 ** 32;
  return keys.map((key) => {
    const at = position(key);
    if (folds === undefined) {
      if (at < test) return 'test';
      return at < test + validation ? 'validation' : 'train';
    }
    const place = (at * folds - fold + folds) % folds;
    if (place < 1) return 'test';
    // Validation is drawn from the other folds, anew for each, as a share of all rows.
    return (place - 1) / (folds - 1) < (validation * folds) / (folds - 1) ? 'validation' : 'train';
  });
}

/** The rows of each part, in their order. @param splits the part of each row. */
export function partition<Row>(rows: readonly Row[], splits: readonly SplitName[]): Record<SplitName, Row[]> {
  const parts: Record<SplitName, Row[]> = { train: [], validation: [], test: [] };
  rows.forEach((row, i) => parts[splits[i]!].push(row));
  return parts;
}

/** Where a group stands among those of its class, from 0 to below 1. */
function ranks(keys: readonly string[], strata: readonly string[], seed: number): (key: string) => number {
  const groups = new Map<string, Set<string>>();
  const known = new Set<string>();
  keys.forEach((key, i) => {
    if (known.has(key)) return;
    known.add(key);
    const stratum = strata[i]!;
    groups.set(stratum, (groups.get(stratum) ?? new Set()).add(key));
  });
  const positions = new Map<string, number>();
  for (const members of groups.values()) {
    const ranked = [...members]
      .map((key) => ({ key, hash: hashText(key, seed) }))
      .sort((a, b) => a.hash - b.hash || (a.key < b.key ? -1 : 1));
    ranked.forEach(({ key }, rank) => positions.set(key, (rank + 0.5) / ranked.length));
  }
  return (key) => positions.get(key)!;
}
