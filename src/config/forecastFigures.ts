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
import { standardized, type Scaling } from './scaling.js';

const forecastMetrics: Readonly<Record<ForecastMetricName, ValueMetric>> = {
  ...valueMetrics,
  ...seriesMetrics,
};

/**
 * Figures of measured forecasts, of standardised values however `data.scaling` has them scaled, so that they compare with
 * published ones; but the loss, which is what is trained on, and errors that are divided by values (`mape`, `smape`), which
 * are in their own units.
 * @param measured `pairs` as the model takes and says them.
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

/**
 * The same of any choice of windows, but the loss.
 * @param drawn `windows`: their number; `block`: how many that follow each other are drawn together, as they overlap:
 * window + horizon of the model.
 */
export function forecastMeasurables(
  pairs: ValuePairs,
  { windows, block }: { readonly windows: number; readonly block: number },
  scaling: Scaling,
  metrics: readonly MetricName[],
): Measurables {
  const names = forecastMetricNames.filter((name) => metrics.includes(name));
  return Object.fromEntries(
    names.map((name) => [
      name,
      { ...forecastMetrics[name].over(pairsFor(name, pairs, scaling), windows), block },
    ]),
  );
}

function pairsFor(
  name: ForecastMetricName,
  { targets, predictions }: ValuePairs,
  scaling: Scaling,
): ValuePairs {
  const { names, scaler, changes } = scaling;
  const variables = names.length;
  const both = (change: (values: ArrayLike<number>) => ArrayLike<number>) => ({
    targets: change(targets),
    predictions: change(predictions),
    variables,
  });
  switch (name) {
    case 'mape':
    case 'smape':
      return both((values) => scaler.invert(values));
    case 'mase':
      // The changes are scaled, too, which cancels out.
      return { targets, predictions, variables, changes };
    default:
      return both((values) => standardized(scaling, values));
  }
}
