import { classificationMetrics, type ClassificationMetricName } from './classification.js';
import { decodedMetricNames, decodedMetrics, type DecodedMetricName } from './decodedMetrics.js';
import { tagMetrics, type TagMetricName } from './entities.js';
import { sumRows, type Measurable } from './exampleSums.js';
import { probabilityMetrics, type ProbabilityMetricName } from './probabilities.js';
import { seriesMetrics, valueMetrics, type SeriesMetricName, type ValueMetricName } from './values.js';

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
  /** Whether it is measured only where it is asked for. */
  readonly onDemand?: boolean;
  compute(...input: Input): number;
}

/** A metric under teacher forcing: the decoder reads the true tokens, nothing is generated. */
export type TokenMetric = Metric<[sums: TokenSums]>;

export type TokenMetricName = 'loss' | 'perplexity' | 'tokenAccuracy';
/** Metrics of a sequence-to-sequence model. */
export type PairMetricName = TokenMetricName | DecodedMetricName;
/** The metrics of a model with one task. */
export type OwnMetricName =
  | PairMetricName
  | ClassificationMetricName
  | ProbabilityMetricName
  | TagMetricName
  | ValueMetricName
  | SeriesMetricName;
/**
 * The names used in configurations, `metrics.jsonl` and `evaluate --json`; of several tasks with that of the task before
 * it: `intent.accuracy`.
 */
export type MetricName = OwnMetricName | `${string}.${OwnMetricName}`;

/** Metrics of any choice of the examples: what intervals and comparisons are made of. */
export type Measurables = Readonly<Partial<Record<MetricName, Measurable>>>;

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

/** Loss and perplexity of any choice of examples. @param rows of each example Σ −ln p of its tokens, and their number. */
export function measurableLoss(rows: readonly (readonly number[])[]): Measurables {
  const measured = (figure: (loss: number) => number): Measurable<readonly number[]> => ({
    examples: rows,
    measure(chosen) {
      const [loss, tokens] = sumRows(chosen);
      return figure(loss! / tokens!);
    },
  });
  return { loss: measured((loss) => loss), perplexity: measured(perplexity) };
}

export const tokenMetricNames: readonly TokenMetricName[] = Object.keys(tokenMetrics) as TokenMetricName[];
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

const all: Readonly<Record<OwnMetricName, Pick<Metric<never>, 'betterWhen' | 'onDemand'>>> = {
  ...tokenMetrics,
  ...decodedMetrics,
  ...classificationMetrics,
  ...probabilityMetrics,
  ...tagMetrics,
  ...valueMetrics,
  ...seriesMetrics,
};

/** Which way a metric is good. */
export function betterWhen(name: MetricName): 'lower' | 'higher' {
  return all[ownMetricName(name)].betterWhen;
}

/** Whether a metric is measured only where it is asked for: it says nothing of some answers, or costs much. */
export function isOnDemand(name: MetricName): boolean {
  return all[ownMetricName(name)].onDemand ?? false;
}

/** Whether `value` is strictly better than `best`; NaN is never better, and anything else is better than NaN. */
export function isBetter(name: MetricName, value: number, best: number): boolean {
  if (Number.isNaN(best)) return !Number.isNaN(value);
  return betterWhen(name) === 'lower' ? value < best : value > best;
}
