import { measurable, type Measurable, type SumMetric } from './exampleSums.js';
import type { Metric } from './metrics.js';

/** Values as they are, and as a model says them, in the same order. */
export interface ValuePairs {
  /** NaN for a value that is not known: it counts nothing. */
  readonly targets: ArrayLike<number>;
  readonly predictions: ArrayLike<number>;
  /** How many variables the values are of, which take turns; 1 by default. Only `r2` and `mase` tell them apart. */
  readonly variables?: number | undefined;
  /** [variables]: mean absolute change from a step to the next in what was trained on, for `mase`. */
  readonly changes?: ArrayLike<number> | undefined;
}

/** A mean over the known values. @param error of a value. @param weightOf what the errors of a variable are multiplied by; 0: it does not count. */
function meanOver(
  error: (prediction: number, target: number) => number,
  weightOf: (variable: number, pairs: ValuePairs) => number = () => 1,
): SumMetric<ValuePairs> {
  return {
    row(pairs) {
      const { targets, predictions, variables = 1 } = pairs;
      requirePairs(pairs);
      const weights = Array.from({ length: variables }, (_, variable) => weightOf(variable, pairs));
      let [total, count] = [0, 0];
      for (let i = 0; i < targets.length; i++) {
        const weight = weights[i % variables]!;
        if (Number.isNaN(targets[i]!) || weight === 0) continue;
        total += weight * error(predictions[i]!, targets[i]!);
        count++;
      }
      return [total, count];
    },
    figure([total, count]) {
      if (count === 0) throw new RangeError('a metric needs at least one value');
      return total! / count!;
    },
  };
}

function requirePairs({ targets, predictions }: ValuePairs): void {
  if (targets.length !== predictions.length)
    throw new RangeError(`there are ${targets.length} targets, but ${predictions.length} predictions`);
}

const squaredError = meanOver((prediction, target) => (prediction - target) ** 2);
const absoluteError = meanOver((prediction, target) => Math.abs(prediction - target));

/** Mean squared error, in the square of the values' unit. @throws RangeError when the numbers of both differ, or no target is known. */
export function mse(pairs: ValuePairs): number {
  return valueMetrics.mse.compute(pairs);
}

/** Mean absolute error, in the values' unit. @throws as {@link mse}. */
export function mae(pairs: ValuePairs): number {
  return valueMetrics.mae.compute(pairs);
}

/** Root of the mean squared error, in the values' unit. @throws as {@link mse}. */
export function rmse(pairs: ValuePairs): number {
  return valueMetrics.rmse.compute(pairs);
}

/** 1 − Σ error² ÷ Σ (target − mean)², the mean over the variables; of one that never changes 1 without an error, else 0. */
const explained: SumMetric<ValuePairs> = {
  row(pairs) {
    const { targets, predictions, variables = 1 } = pairs;
    requirePairs(pairs);
    // Of each variable the number of values, Σ y, Σ y² and Σ error².
    const sums = new Array<number>(4 * variables).fill(0);
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i]!;
      if (Number.isNaN(target)) continue;
      const at = 4 * (i % variables);
      sums[at]!++;
      sums[at + 1]! += target;
      sums[at + 2]! += target ** 2;
      sums[at + 3]! += (predictions[i]! - target) ** 2;
    }
    return sums;
  },
  figure(sums) {
    let [total, variables] = [0, 0];
    for (let at = 0; at < sums.length; at += 4) {
      const [count, sum, squares, errors] = sums.slice(at, at + 4) as [number, number, number, number];
      if (count === 0) continue;
      const spread = squares - sum ** 2 / count;
      total += spread > 0 ? 1 - errors / spread : errors === 0 ? 1 : 0;
      variables++;
    }
    if (variables === 0) throw new RangeError('a metric needs at least one value');
    return total / variables;
  },
};

export interface ValueMetric extends Metric<[pairs: ValuePairs]> {
  /** The same metric of any choice of `examples`, which have as many values each. */
  over(pairs: ValuePairs, examples: number): Measurable;
}
export type ValueMetricName = 'mse' | 'mae' | 'rmse' | 'r2' | 'mape' | 'smape';

function valueMetric(
  about: Pick<ValueMetric, 'name' | 'betterWhen' | 'onDemand'>,
  sums: SumMetric<ValuePairs>,
): ValueMetric {
  return {
    ...about,
    compute: (pairs) => sums.figure(sums.row(pairs)),
    over(pairs, examples) {
      const width = pairs.targets.length / examples;
      const part = (values: ArrayLike<number>, i: number) =>
        Array.prototype.slice.call(values, i * width, (i + 1) * width) as number[];
      return measurable(
        sums,
        Array.from({ length: examples }, (_, i) => ({
          ...pairs,
          targets: part(pairs.targets, i),
          predictions: part(pairs.predictions, i),
        })),
      );
    },
  };
}

/**
 * - `mse`, `mae`, `rmse`: mean squared, mean absolute and root mean squared error over all values that are known.
 * - `r2`: coefficient of determination, the share of the variance that is explained; of several variables the mean.
 *
 * Measured on demand, as values near 0 blow them up:
 * - `mape`: mean of |error| ÷ |target|.
 * - `smape`: mean of |error| ÷ the mean of |target| and |prediction|, 0 to 2; 0 where both are 0 (Makridakis 1993).
 */
export const valueMetrics: Readonly<Record<ValueMetricName, ValueMetric>> = {
  mse: valueMetric({ name: 'mse', betterWhen: 'lower' }, squaredError),
  mae: valueMetric({ name: 'mae', betterWhen: 'lower' }, absoluteError),
  rmse: valueMetric(
    { name: 'rmse', betterWhen: 'lower' },
    { row: squaredError.row, figure: (sums) => Math.sqrt(squaredError.figure(sums)) },
  ),
  r2: valueMetric({ name: 'r2', betterWhen: 'higher' }, explained),
  mape: valueMetric(
    { name: 'mape', betterWhen: 'lower', onDemand: true },
    // As in scikit-learn, what would divide by 0 divides by the spacing of numbers at 1.
    meanOver(
      (prediction, target) => Math.abs(prediction - target) / Math.max(Math.abs(target), Number.EPSILON),
    ),
  ),
  smape: valueMetric(
    { name: 'smape', betterWhen: 'lower', onDemand: true },
    meanOver((prediction, target) => {
      const size = Math.abs(target) + Math.abs(prediction);
      return size === 0 ? 0 : (2 * Math.abs(prediction - target)) / size;
    }),
  ),
};

export const valueMetricNames = Object.keys(valueMetrics) as readonly ValueMetricName[];

export type SeriesMetricName = 'mase';

/**
 * - `mase`: mean absolute scaled error (Hyndman & Koehler 2006), |error| ÷ the mean absolute change from a step to the next in
 *   what was trained on ({@link stepChanges}): below 1 is better than repeating the last step does there, one step ahead. A
 *   variable that never changed there does not count.
 */
export const seriesMetrics: Readonly<Record<SeriesMetricName, ValueMetric>> = {
  mase: valueMetric(
    { name: 'mase', betterWhen: 'lower' },
    meanOver(
      (prediction, target) => Math.abs(prediction - target),
      (variable, { changes }) => {
        if (!changes) throw new RangeError('mase needs the changes in what was trained on');
        return changes[variable] === 0 ? 0 : 1 / changes[variable]!;
      },
    ),
  ),
};

/** Metrics of forecasts. */
export type ForecastMetricName = ValueMetricName | SeriesMetricName;
export const forecastMetricNames: readonly ForecastMetricName[] = [...valueMetricNames, 'mase'];

/** The mean absolute change of each variable from a step to the next; steps where either value is not known are left out. @param values [steps, variables] row-major. */
export function stepChanges(values: ArrayLike<number>, variables = 1): number[] {
  return Array.from({ length: variables }, (_, variable) => {
    let [total, count] = [0, 0];
    for (let i = variable + variables; i < values.length; i += variables) {
      const change = Math.abs(values[i]! - values[i - variables]!);
      if (Number.isNaN(change)) continue;
      total += change;
      count++;
    }
    return total / count;
  });
}
