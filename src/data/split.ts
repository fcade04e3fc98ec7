import { hashText } from '../tensor/random.js';

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

/** Something of each part. */
export function byPart<T>(of: (part: SplitName) => T): Record<SplitName, T> {
  return { train: of('train'), validation: of('validation'), test: of('test') };
}
