import { averagePrecision, rocAuc, type SeparatedScores } from './areaUnderCurve.js';
import { confusionMatrix, type ConfusionMatrix } from './classification.js';
import type { Metric } from './metrics.js';

/** An example, and how likely a model took each class for it. */
export interface ClassifiedExample {
  readonly label: number;
  /** The class that was said. */
  readonly prediction: number;
  /** [classes], together 1. */
  readonly probabilities: ArrayLike<number>;
}

/** Counts what was said by label. @throws RangeError for what is no class below `classes`. */
export function confusionOf(examples: readonly ClassifiedExample[], classes: number): ConfusionMatrix {
  const all = (key: 'label' | 'prediction') => examples.map((example) => example[key]);
  return confusionMatrix(all('label'), all('prediction'), classes);
}

/** Nearest to 0 that a probability counts as, so that a loss is finite: the spacing of numbers at 1, as in scikit-learn. */
const LEAST = 2 ** -52;

/** Cross-entropy in nats per example: the mean of −ln p(label). @throws RangeError without an example. */
export function logLoss(examples: readonly ClassifiedExample[]): number {
  return mean(examples, ({ label, probabilities }) => -Math.log(Math.max(LEAST, probabilities[label]!)));
}

/**
 * Brier score: the mean of Σ (p − [class is right])² over the classes (Brier 1950); of two classes, as is usual, that of
 * one of them, half as much.
 * @throws RangeError without an example.
 */
export function brierScore(examples: readonly ClassifiedExample[]): number {
  return mean(examples, ({ label, probabilities }) => {
    let total = 0;
    for (let c = 0; c < probabilities.length; c++) total += (probabilities[c]! - (c === label ? 1 : 0)) ** 2;
    return probabilities.length === 2 ? total / 2 : total;
  });
}

/**
 * Expected calibration error (Guo et al. 2017): examples are put in `bins` of equal width by the probability of the class
 * that was said; Σ |share that is right − mean probability| · share of the examples in the bin.
 * @throws RangeError without an example.
 */
export function calibrationError(examples: readonly ClassifiedExample[], bins = 15): number {
  requireExamples(examples);
  // What is right less what was expected, by bin.
  const excess = new Float64Array(bins);
  for (const { label, prediction, probabilities } of examples) {
    const confidence = probabilities[prediction]!;
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    excess[bin]! += (prediction === label ? 1 : 0) - confidence;
  }
  return excess.reduce((total, each) => total + Math.abs(each), 0) / examples.length;
}

/**
 * An area under a curve of each class against all others, of two classes of the second one; as a mean over the classes, or
 * weighted by how many are of each. Classes that all or none of the examples are of have none and are left out; NaN where
 * no class is left.
 */
export function averageArea(
  examples: readonly ClassifiedExample[],
  area: (scores: SeparatedScores) => number,
  average: 'macro' | 'weighted' = 'macro',
): number {
  requireExamples(examples);
  const classes = examples[0]!.probabilities.length;
  let [total, weights] = [0, 0];
  for (let c = classes === 2 ? 1 : 0; c < classes; c++) {
    const scores = scoresOf(examples, c);
    const support = scores.positive.length;
    if (support === 0 || support === examples.length) continue;
    const weight = average === 'macro' ? 1 : support;
    total += weight * area(scores);
    weights += weight;
  }
  return total / weights;
}

function scoresOf(examples: readonly ClassifiedExample[], c: number): SeparatedScores {
  const scores = (of: readonly ClassifiedExample[]) =>
    Float64Array.from(of, ({ probabilities }) => probabilities[c]!);
  return {
    positive: scores(examples.filter(({ label }) => label === c)),
    negative: scores(examples.filter(({ label }) => label !== c)),
  };
}

function mean(examples: readonly ClassifiedExample[], of: (example: ClassifiedExample) => number): number {
  requireExamples(examples);
  return examples.reduce((total, example) => total + of(example), 0) / examples.length;
}

function requireExamples(examples: readonly unknown[]): void {
  if (examples.length === 0) throw new RangeError('a metric needs at least one example');
}

export type ProbabilityMetric = Metric<[examples: readonly ClassifiedExample[]]>;
export type ProbabilityMetricName =
  'rocAuc' | 'weightedRocAuc' | 'prAuc' | 'weightedPrAuc' | 'logLoss' | 'brier' | 'calibrationError';

/**
 * - `rocAuc`, `prAuc`: area under the ROC curve, and average precision, of each class against all others, the mean over the
 *   classes; `weightedRocAuc`, `weightedPrAuc`: weighted by how many are of a class ({@link averageArea}).
 * - `logLoss`: cross-entropy in nats per example ({@link logLoss}), measured on demand: with classes of equal weight it is the
 *   loss.
 * - `brier`: mean squared error of the probabilities ({@link brierScore}).
 * - `calibrationError`: how far probabilities are from the share that is right ({@link calibrationError}).
 */
export const probabilityMetrics: Readonly<Record<ProbabilityMetricName, ProbabilityMetric>> = {
  rocAuc: { name: 'rocAuc', betterWhen: 'higher', compute: (examples) => averageArea(examples, rocAuc) },
  weightedRocAuc: {
    name: 'weightedRocAuc',
    betterWhen: 'higher',
    compute: (examples) => averageArea(examples, rocAuc, 'weighted'),
  },
  prAuc: {
    name: 'prAuc',
    betterWhen: 'higher',
    compute: (examples) => averageArea(examples, averagePrecision),
  },
  weightedPrAuc: {
    name: 'weightedPrAuc',
    betterWhen: 'higher',
    compute: (examples) => averageArea(examples, averagePrecision, 'weighted'),
  },
  logLoss: { name: 'logLoss', betterWhen: 'lower', onDemand: true, compute: logLoss },
  brier: { name: 'brier', betterWhen: 'lower', compute: brierScore },
  calibrationError: {
    name: 'calibrationError',
    betterWhen: 'lower',
    compute: (examples) => calibrationError(examples),
  },
};

/** The metrics that need examples of two classes. */
export const areaMetricNames = ['rocAuc', 'weightedRocAuc', 'prAuc', 'weightedPrAuc'] as const;

export const probabilityMetricNames = Object.keys(probabilityMetrics) as readonly ProbabilityMetricName[];
