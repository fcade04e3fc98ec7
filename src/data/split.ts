import { UserError } from '../tensor/errors.js';
import { hashText } from '../tensor/random.js';
import type { Example } from './examples.js';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

export interface SplitOptions {
  readonly seed: number;
  /** Share of the sources, in expectation; train gets the rest. */
  readonly validation: number;
  readonly test: number;
}

/**
 * The split of a source: a function of its text and the seed alone, so it changes neither with the order of the data
 * nor with what else is in it, and all targets of a source fall into one split.
 */
export function splitOf(source: string, { seed, validation, test }: SplitOptions): SplitName {
  const position = hashText(source, seed) / 2 ** 32;
  if (position < test) return 'test';
  return position < test + validation ? 'validation' : 'train';
}

/**
 * Divides examples by {@link splitOf}, keeping their order.
 * @throws UserError when a share is negative, or when nothing is left to train on.
 */
export function splitExamples(
  examples: Iterable<Example>,
  options: SplitOptions,
): Record<SplitName, Example[]> {
  const { validation, test } = options;
  if (!(validation >= 0 && test >= 0 && validation + test < 1)) {
    throw new UserError(
      `split: validation ${validation} and test ${test} must be shares of at least 0 that leave something to train on (0.05 each is usual).`,
    );
  }
  const splits: Record<SplitName, Example[]> = { train: [], validation: [], test: [] };
  for (const example of examples) splits[splitOf(example.source, options)].push(example);
  if (splits.train.length === 0) {
    throw new UserError('split: no example is left to train on. Give more data, or smaller shares.');
  }
  return splits;
}
