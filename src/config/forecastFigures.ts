import type { Measurables, MetricName } from '../metrics/metrics.js';
import {
  forecastMetricNames,
  seriesMetrics,
  valueMetrics,
  type ForecastMetricName,
  type ValueMetric,
  type ValuePairs,
} from '../metrics/values.js';
import type { Metrics } from '../train/trainer.js';
import type { ValueEvaluation } from '../train/valueEvaluator.js';
import type { Scaling } from './scaling.js';

const forecastMetrics: Readonly<Record<ForecastMetricName, ValueMetric>> = {
  ...valueMetrics,
  ...seriesMetrics,
};

/**
 * Figures of measured forecasts, which are standardised: so are what they are computed from, but where errors are divided by
 * values (`mape`, `smape`), which are in their own units.
 */
export function forecastFigures(
  { loss, pairs }: Partial<Pick<ValueEvaluation, 'loss'>> & Pick<ValueEvaluation, 'pairs'>,
  scaling: Scaling,
  metrics: readonly MetricName[],
): Metrics {
  const names = forecastMetricNames.filter((name) => metrics.includes(name));
  return {
    ...(loss !== undefined && metrics.includes('loss') && { loss }),
    ...Object.fromEntries(
      names.map((name) => [name, forecastMetrics[name].compute(pairsFor(name, pairs, scaling))]),
    ),
  };
}

/** The same of any choice of windows, but the loss. */
export function forecastMeasurables(
  pairs: ValuePairs,
  windows: number,
  scaling: Scaling,
  metrics: readonly MetricName[],
): Measurables {
  const names = forecastMetricNames.filter((name) => metrics.includes(name));
  return Object.fromEntries(
    names.map((name) => [name, forecastMetrics[name].over(pairsFor(name, pairs, scaling), windows)]),
  );
}

function pairsFor(
  name: ForecastMetricName,
  { targets, predictions }: ValuePairs,
  { names, scaler, changes }: Scaling,
): ValuePairs {
  const variables = names.length;
  return name === 'mape' || name === 'smape'
    ? { targets: scaler.invert(targets), predictions: scaler.invert(predictions), variables }
    : { targets, predictions, variables, changes };
}
