import { knownColumns } from '../data/columnScaler.js';
import { MinMaxScaler } from '../data/minMaxScaler.js';
import { StandardScaler } from '../data/standardScaler.js';

export const scalingTypes = ['standard', 'min-max'] as const;
export type ScalingType = (typeof scalingTypes)[number];

/** What columns of numbers are called, and how they are scaled. */
export interface Scaling {
  readonly names: readonly string[];
  readonly scaler: StandardScaler | MinMaxScaler;
  /** Of each column, over the training data. */
  readonly means: readonly number[];
  /** Of a series: mean absolute change of each column from a training row to the next, scaled. */
  readonly changes?: readonly number[] | undefined;
}

/** The scaling of training data. @param values row by row. */
export function fitScaling(
  { names, values }: { readonly names: readonly string[]; readonly values: ArrayLike<number> },
  type: ScalingType,
): Scaling {
  const Scaler = type === 'min-max' ? MinMaxScaler : StandardScaler;
  const means = knownColumns('scaling', values, names.length).map(
    (column) => column.reduce((a, b) => a + b) / column.length,
  );
  return { names, scaler: Scaler.fit(values, names.length), means };
}

/** Where a run keeps the {@link Scaling} of what its model says. */
export const scalingFile = 'scaling.json';

/** Where it keeps the one of the features that its model reads. */
export const featureScalingFile = 'scaling.features.json';

/** A scaling as a run keeps it. */
export function scalingToJson({ names, scaler, means, changes }: Scaling) {
  const fitted =
    scaler instanceof MinMaxScaler
      ? { minima: scaler.minima, ranges: scaler.ranges }
      : { deviations: scaler.deviations };
  return { names, means, ...fitted, ...(changes && { changes }) };
}
