import type { TaskName } from '../config/schema.js';
import { ownMetricName, type MetricName, type OwnMetricName } from '../metrics/metrics.js';
import type { Metrics } from '../train/trainer.js';

const names: Readonly<Record<OwnMetricName, string>> = {
  loss: 'loss',
  perplexity: 'perplexity',
  tokenAccuracy: 'token accuracy',
  per: 'PER',
  cer: 'CER',
  wer: 'WER',
  exactMatch: 'exact match',
  accuracy: 'accuracy',
  microPrecision: 'precision (micro)',
  microRecall: 'recall (micro)',
  microF1: 'F1 (micro)',
  macroPrecision: 'precision (macro)',
  macroRecall: 'recall (macro)',
  macroF1: 'F1 (macro)',
  weightedPrecision: 'precision (weighted)',
  weightedRecall: 'recall (weighted)',
  weightedF1: 'F1 (weighted)',
  tagAccuracy: 'tag accuracy',
  entityPrecision: 'entity precision',
  entityRecall: 'entity recall',
  entityF1: 'entity F1',
  mse: 'MSE',
  mae: 'MAE',
  rmse: 'RMSE',
};
const plain = new Set<string>(['loss', 'perplexity', 'mse', 'mae', 'rmse']);

/** A metric by the name that people know it by; of several tasks behind that of the task: `intent accuracy`. */
export function metricLabel(name: MetricName): string {
  const own = ownMetricName(name);
  return `${name.slice(0, -own.length).replace('.', ' ')}${names[own]}`;
}

/** Loss and perplexity in three decimals, rates in percent. */
export function metricValue(name: MetricName, value: number): string {
  return plain.has(ownMetricName(name)) ? value.toFixed(3) : `${(100 * value).toFixed(2)} %`;
}

/** `loss 0.412 · PER 9.81 % · WER 38.20 %` */
export function metricsLine(metrics: Metrics): string {
  return (Object.entries(metrics) as [MetricName, number][])
    .map(([name, value]) => `${metricLabel(name)} ${metricValue(name, value)}`)
    .join(' · ');
}

const units: Partial<Record<TaskName, string>> = { 'language-model': 'token', forecasting: 'window' };

/** What the loss of a task is counted in. */
export function lossUnitOf(task: TaskName): string {
  switch (task) {
    case 'sequence-to-sequence':
    case 'ctc':
    case 'language-model':
    case 'masked-language-model':
    case 'denoising':
    case 'tagging':
      return 'nats per token';
    case 'classification':
      return 'nats per example';
    case 'regression':
    case 'forecasting':
      return 'of standardised values';
    case 'multi-task':
      return 'of all tasks, per label';
  }
}

/** What the examples of a task are called. */
export function unitOf(task: TaskName): string {
  return units[task] ?? 'example';
}
