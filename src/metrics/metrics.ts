import { classificationMetrics, type ClassificationMetricName } from './classification.js';
import { tagMetrics, type TagMetricName } from './entities.js';
import {
  characterErrorRate,
  exactMatch,
  tokenErrorRate,
  wordErrorRate,
  type DecodedExample,
} from './errorRates.js';
import { valueMetrics, type ValueMetricName } from './values.js';

/** Sums over the real target tokens (END included, padding and START not), as the evaluation program returns them. */
export interface TokenSums {
  /** Σ −ln p(label), in nats, without label smoothing. */
  readonly loss: number;
  /** How many labels had the highest logit, given the true tokens before them. */
  readonly correct: number;
  readonly tokens: number;
}

/** A figure of what `Input` holds, and which way is better. */
export interface Metric<Input extends unknown[]> {
  readonly name: string;
  readonly betterWhen: 'lower' | 'higher';
  compute(...input: Input): number;
}

/** A metric under teacher forcing: the decoder reads the true tokens, nothing is generated. */
export type TokenMetric = Metric<[sums: TokenSums]>;

/** A metric of generated answers; a figure is reported together with the decoding that generated them. */
export type DecodedMetric = Metric<[examples: readonly DecodedExample[], separator?: string]>;

export type TokenMetricName = 'loss' | 'perplexity' | 'tokenAccuracy';
export type DecodedMetricName = 'per' | 'cer' | 'wer' | 'exactMatch';
/** Metrics of a sequence-to-sequence model. */
export type PairMetricName = TokenMetricName | DecodedMetricName;
/** The metrics of a model with one task. */
export type OwnMetricName = PairMetricName | ClassificationMetricName | TagMetricName | ValueMetricName;
/**
 * The names used in configurations, `metrics.jsonl` and `evaluate --json`; of several tasks with that of the task before
 * it: `intent.accuracy`.
 */
export type MetricName = OwnMetricName | `${string}.${OwnMetricName}`;

const meanLoss = ({ loss, tokens }: TokenSums) => {
  if (tokens === 0) throw new RangeError('a metric needs at least one token');
  return loss / tokens;
};

/** Perplexity: exp(loss), with the loss in nats per token. */
export function perplexity(loss: number): number {
  return Math.exp(loss);
}

/**
 * - `loss`: nats per real target token, END included, without label smoothing.
 * - `perplexity`: exp(loss).
 * - `tokenAccuracy`: share of real target tokens, END included, that get the highest logit.
 */
export const tokenMetrics: Readonly<Record<TokenMetricName, TokenMetric>> = {
  loss: { name: 'loss', betterWhen: 'lower', compute: meanLoss },
  perplexity: { name: 'perplexity', betterWhen: 'lower', compute: (sums) => perplexity(meanLoss(sums)) },
  tokenAccuracy: {
    name: 'tokenAccuracy',
    betterWhen: 'higher',
    compute: ({ correct, tokens }) => {
      if (tokens === 0) throw new RangeError('a metric needs at least one token');
      return correct / tokens;
    },
  },
};

/**
 * - `per`: Σ edits to the nearest reference ÷ Σ its length, in tokens ({@link tokenErrorRate}).
 * - `cer`: the same in characters ({@link characterErrorRate}); give it the separator of the target's tokenizer.
 * - `wer`: share of sources whose answer matches none of the references ({@link wordErrorRate}).
 * - `exactMatch`: 1 − `wer` ({@link exactMatch}).
 */
export const decodedMetrics: Readonly<Record<DecodedMetricName, DecodedMetric>> = {
  per: { name: 'per', betterWhen: 'lower', compute: (examples) => tokenErrorRate(examples) },
  cer: {
    name: 'cer',
    betterWhen: 'lower',
    compute: (examples, separator) => characterErrorRate(examples, separator),
  },
  wer: { name: 'wer', betterWhen: 'lower', compute: (examples) => wordErrorRate(examples) },
  exactMatch: { name: 'exactMatch', betterWhen: 'higher', compute: (examples) => exactMatch(examples) },
};

export const tokenMetricNames: readonly TokenMetricName[] = Object.keys(tokenMetrics) as TokenMetricName[];
export const decodedMetricNames: readonly DecodedMetricName[] = Object.keys(
  decodedMetrics,
) as DecodedMetricName[];
export const pairMetricNames: readonly PairMetricName[] = [...tokenMetricNames, ...decodedMetricNames];

/** Metrics of a CTC model, whose loss is of whole answers: no token of it is given to it. */
export type CtcMetricName = 'loss' | DecodedMetricName;
export const ctcMetricNames: readonly CtcMetricName[] = ['loss', ...decodedMetricNames];

/** A metric without the name of its task: `accuracy` of `intent.accuracy`. */
export function ownMetricName(name: MetricName): OwnMetricName {
  return name.slice(name.lastIndexOf('.') + 1) as OwnMetricName;
}

/** Whether the metric needs generated answers. */
export function isDecodedMetric(name: MetricName): name is DecodedMetricName {
  return name in decodedMetrics;
}

/** Which way a metric is good. */
export function betterWhen(name: MetricName): 'lower' | 'higher' {
  const all = {
    ...tokenMetrics,
    ...decodedMetrics,
    ...classificationMetrics,
    ...tagMetrics,
    ...valueMetrics,
  };
  return all[ownMetricName(name)].betterWhen;
}

/** Whether `value` is strictly better than `best`; NaN is never better, and anything else is better than NaN. */
export function isBetter(name: MetricName, value: number, best: number): boolean {
  if (Number.isNaN(best)) return !Number.isNaN(value);
  return betterWhen(name) === 'lower' ? value < best : value > best;
}
