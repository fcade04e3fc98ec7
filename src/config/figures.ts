import type { Config, TaskName } from './schema.js';
import { ownMetricName, type MetricName, type OwnMetricName } from '../metrics/metrics.js';
import { printedScore } from '../metrics/printedScore.js';
import type { Interval } from '../metrics/resampling.js';
import type { Metrics } from '../train/trainer.js';

const names: Readonly<Record<OwnMetricName, string>> = {
  loss: 'loss',
  perplexity: 'perplexity',
  tokenAccuracy: 'token accuracy',
  per: 'PER',
  cer: 'CER',
  wer: 'WER (whole answers)',
  exactMatch: 'exact match',
  wordEditRate: 'WER (word edits)',
  bleu: 'BLEU',
  chrf: 'chrF',
  ter: 'TER',
  rouge1: 'ROUGE-1',
  rouge2: 'ROUGE-2',
  rougeL: 'ROUGE-L',
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
  rocAuc: 'ROC-AUC',
  weightedRocAuc: 'ROC-AUC (weighted)',
  prAuc: 'PR-AUC',
  weightedPrAuc: 'PR-AUC (weighted)',
  logLoss: 'log-loss',
  brier: 'Brier score',
  calibrationError: 'calibration error',
  tagAccuracy: 'tag accuracy',
  entityPrecision: 'entity precision',
  entityRecall: 'entity recall',
  entityF1: 'entity F1',
  mse: 'MSE',
  mae: 'MAE',
  rmse: 'RMSE',
  r2: 'R²',
  mape: 'MAPE',
  smape: 'sMAPE',
  mase: 'MASE',
};
const plain: ReadonlySet<MetricName> = new Set<MetricName>([
  'loss',
  'perplexity',
  'rocAuc',
  'weightedRocAuc',
  'prAuc',
  'weightedPrAuc',
  'logLoss',
  'brier',
  'mse',
  'mae',
  'rmse',
  'r2',
  'mase',
]);
/** In points, 100 for all, as sacreBLEU prints them. */
const points: ReadonlySet<MetricName> = new Set<MetricName>(['bleu', 'chrf', 'ter']);

/** A metric by the name that people know it by; of several tasks behind that of the task: `intent accuracy`. */
export function metricLabel(name: MetricName): string {
  const own = ownMetricName(name);
  return `${name.slice(0, -own.length).replace('.', ' ')}${names[own]}`;
}

/** Losses and values in three decimals, BLEU and its kin in points, rates in percent. */
export function metricValue(name: MetricName, value: number | null): string {
  if (value === null || Number.isNaN(value)) return 'undefined';
  if (points.has(ownMetricName(name))) return printedScore(value);
  return plain.has(ownMetricName(name)) ? value.toFixed(3) : `${(100 * value).toFixed(2)} %`;
}

/** `[26.10, 28.43]` */
export function metricInterval(name: MetricName, { low, high }: Interval): string {
  return `[${metricValue(name, low)}, ${metricValue(name, high)}]`;
}

/** `loss 0.412 · PER 9.81 % · exact match 61.80 %` */
export function metricsLine(metrics: Metrics): string {
  return (Object.entries(metrics) as [MetricName, number][])
    .map(([name, value]) => `${metricLabel(name)} ${metricValue(name, value)}`)
    .join(' · ');
}

const units: Partial<Record<TaskName, string>> = {
  'speech-recognition': 'recording',
  'language-model': 'token',
  forecasting: 'window',
};

/** What the loss of a configuration is counted in. */
export function lossUnitOf(config: Config): string {
  switch (config.task) {
    case 'sequence-to-sequence':
    case 'ctc':
    case 'speech-recognition':
    case 'language-model':
    case 'masked-language-model':
    case 'denoising':
    case 'tagging':
      return 'nats per token';
    case 'classification':
      return 'nats per example';
    case 'multi-label':
      return 'nats per label';
    case 'regression':
    case 'forecasting':
      return config.data.scaling === 'min-max' ? 'of values scaled from 0 to 1' : 'of standardised values';
    case 'multi-task':
      return 'of all tasks, per label';
  }
}

/** What the examples of a task are called. */
export function unitOf(task: TaskName): string {
  return units[task] ?? 'example';
}
