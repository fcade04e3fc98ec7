import type { StandardScaler } from '../data/standardScaler.js';

/** What columns of numbers are called, and how they are scaled. */
export interface Scaling {
  readonly names: readonly string[];
  readonly scaler: StandardScaler;
  /** Of a series: mean absolute change of each column from a training row to the next, standardised. */
  readonly changes?: readonly number[] | undefined;
}

/** Where a run keeps the {@link Scaling} of what its model says. */
export const scalingFile = 'scaling.json';

/** A scaling as a run keeps it. */
export function scalingToJson({ names, scaler: { means, deviations }, changes }: Scaling) {
  return { names, means, deviations, ...(changes && { changes }) };
}
