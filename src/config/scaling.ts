import type { StandardScaler } from '../data/standardScaler.js';

/** What columns of numbers are called, and how they are scaled. */
export interface Scaling {
  readonly names: readonly string[];
  readonly scaler: StandardScaler;
}

/** Where a run keeps the {@link Scaling} of what its model says. */
export const scalingFile = 'scaling.json';

/** A scaling as a run keeps it. */
export function scalingToJson({ names, scaler: { means, deviations } }: Scaling) {
  return { names, means, deviations };
}
