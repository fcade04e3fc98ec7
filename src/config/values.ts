import type { Measurables, MetricName } from '../metrics/metrics.js';
import { valueMetricNames, valueMetrics, type ValuePairs } from '../metrics/values.js';
import type { Metrics } from '../train/trainer.js';
import type { ValueEvaluation } from '../train/valueEvaluator.js';

/** Values that are shown of an example. */
const SHOWN = 6;

/** The first of some values, for people. @param count how many. */
export function shownValues(values: ArrayLike<number>, count = SHOWN): string {
  const first = Array.from(values).slice(0, count).map(shownValue);
  return `${first.join(' ')}${values.length > count ? ' …' : ''}`;
}

/** A value in the five digits that people read. */
export function shownValue(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/** Values under the names of their columns. */
export function namedValues(names: readonly string[], values: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}

/** Figures of measured values. */
export function valueFigures(
  { loss, pairs }: Partial<Pick<ValueEvaluation, 'loss'>> & Pick<ValueEvaluation, 'pairs'>,
  metrics: readonly MetricName[],
): Metrics {
  const names = valueMetricNames.filter((name) => metrics.includes(name));
  return {
    ...(loss !== undefined && metrics.includes('loss') && { loss }),
    ...Object.fromEntries(names.map((name) => [name, valueMetrics[name].compute(pairs)])),
  };
}

/** The same of any choice of `examples`, but the loss. */
export function valueMeasurables(
  pairs: ValuePairs,
  examples: number,
  metrics: readonly MetricName[],
): Measurables {
  const names = valueMetricNames.filter((name) => metrics.includes(name));
  return Object.fromEntries(names.map((name) => [name, valueMetrics[name].over(pairs, examples)]));
}
