import type { Metric } from './metrics.js';

/** Values as they are, and as a model says them, in the same order. */
export interface ValuePairs {
  /** NaN for a value that is not known: it counts nothing. */
  readonly targets: ArrayLike<number>;
  readonly predictions: ArrayLike<number>;
}

/** @throws RangeError when the numbers of both differ, or no target is known. */
function mean({ targets, predictions }: ValuePairs, error: (difference: number) => number): number {
  if (targets.length !== predictions.length)
    throw new RangeError(`there are ${targets.length} targets, but ${predictions.length} predictions`);
  let [total, count] = [0, 0];
  for (let i = 0; i < targets.length; i++) {
    if (Number.isNaN(targets[i]!)) continue;
    total += error(predictions[i]! - targets[i]!);
    count++;
  }
  if (count === 0) throw new RangeError('a metric needs at least one value');
  return total / count;
}

/** Mean squared error, in the square of the values' unit. */
export function mse(pairs: ValuePairs): number {
  return mean(pairs, (difference) => difference ** 2);
}

/** Mean absolute error, in the values' unit. */
export function mae(pairs: ValuePairs): number {
  return mean(pairs, Math.abs);
}

/** Root of the mean squared error, in the values' unit. */
export function rmse(pairs: ValuePairs): number {
  return Math.sqrt(mse(pairs));
}

export type ValueMetric = Metric<[pairs: ValuePairs]>;
export type ValueMetricName = 'mse' | 'mae' | 'rmse';

/** - `mse`, `mae`, `rmse`: mean squared, mean absolute and root mean squared error over all values that are known. */
export const valueMetrics: Readonly<Record<ValueMetricName, ValueMetric>> = {
  mse: { name: 'mse', betterWhen: 'lower', compute: mse },
  mae: { name: 'mae', betterWhen: 'lower', compute: mae },
  rmse: { name: 'rmse', betterWhen: 'lower', compute: rmse },
};

export const valueMetricNames = Object.keys(valueMetrics) as ValueMetricName[];
