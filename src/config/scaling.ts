import { MinMaxScaler } from '../data/minMaxScaler.js';
import { StandardScaler } from '../data/standardScaler.js';
import { UserError } from '../tensor/errors.js';

export const scalingTypes = ['standard', 'min-max'] as const;
export type ScalingType = (typeof scalingTypes)[number];

/** What columns of numbers are called, and how they are scaled. */
export interface Scaling {
  readonly names: readonly string[];
  readonly scaler: StandardScaler | MinMaxScaler;
  /** Of each column, over the training data. */
  readonly means: readonly number[];
  /** Of each column, over the training data; 1 for one that never changes. Undefined where a run kept ranges alone. */
  readonly deviations?: readonly number[] | undefined;
  /** Of a series: mean absolute change of each column from a training row to the next, scaled. */
  readonly changes?: readonly number[] | undefined;
}

/** The scaling of training data. @param values row by row. */
export function fitScaling(
  { names, values }: { readonly names: readonly string[]; readonly values: ArrayLike<number> },
  type: ScalingType,
): Scaling {
  const standard = StandardScaler.fit(values, names.length);
  const { means, deviations } = standard;
  const scaler = type === 'min-max' ? MinMaxScaler.fit(values, names.length) : standard;
  return { names, scaler, means, deviations };
}

/**
 * Scaled values, standardised: less the mean of the training data, divided by its deviation.
 * @throws UserError when the deviations are not known.
 */
export function standardized(
  { names, scaler, means, deviations }: Scaling,
  values: ArrayLike<number>,
): Float32Array {
  if (!deviations)
    throw new UserError(
      `${scalingFile} of the run has no deviations: when it was made, min-max scaling kept none, so its values cannot be standardised. Train a new run, or add "deviations" to the file: a list of those of ${names.join(', ')} over the training rows.`,
    );
  return scaler.rescale(values, new StandardScaler(means, deviations));
}

/** Where a run keeps the {@link Scaling} of what its model says. */
export const scalingFile = 'scaling.json';

/** Where it keeps the one of the features that its model reads. */
export const featureScalingFile = 'scaling.features.json';

/** A scaling as a run keeps it. */
export function scalingToJson({ names, scaler, means, deviations, changes }: Scaling) {
  const range = scaler instanceof MinMaxScaler && { minima: scaler.minima, ranges: scaler.ranges };
  return { names, means, deviations, ...range, ...(changes && { changes }) };
}
