import type { Metric } from './metrics.js';

/** counts[label][prediction]: how many examples of a class were said to be of another. */
export type ConfusionMatrix = readonly (readonly number[])[];

/**
 * Counts predictions by label.
 * @throws RangeError when there are not as many predictions as labels, or one is not a class from 0.
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): ConfusionMatrix {
  if (labels.length !== predictions.length)
    throw new RangeError(`there are ${labels.length} labels, but ${predictions.length} predictions`);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) {
    const row = counts[labels[i]!];
    if (row?.[predictions[i]!] === undefined)
      throw new RangeError(`${labels[i]!} and ${predictions[i]!} must be classes below ${classes}`);
    row[predictions[i]!]!++;
  }
  return counts;
}

/** Of a class, or of an average over classes. */
export interface ClassFigures {
  /** Right ones ÷ all that were said to be of the class; 0 where none was. */
  readonly precision: number;
  /** Right ones ÷ all that are of the class; 0 where none is. */
  readonly recall: number;
  /** 2 · right ones ÷ (said + real ones), the harmonic mean of both; 0 where there is neither. */
  readonly f1: number;
  /** How many are of the class. */
  readonly support: number;
}

/** What the figures of a class are made of. */
export interface ClassCounts {
  /** Right predictions of the class. */
  readonly right: number;
  /** All predictions of the class. */
  readonly said: number;
  /** All that are of the class. */
  readonly real: number;
}

export function figuresOf({ right, said, real }: ClassCounts): ClassFigures {
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return {
    precision: share(right, said),
    recall: share(right, real),
    f1: share(2 * right, said + real),
    support: real,
  };
}

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function countsByClass(confusion: ConfusionMatrix): ClassCounts[] {
  return confusion.map((row, c) => ({
    right: row[c]!,
    said: total(confusion.map((other) => other[c]!)),
    real: total(row),
  }));
}

/** Precision, recall and F1 of each class against all others. */
export function figuresByClass(confusion: ConfusionMatrix): ClassFigures[] {
  return countsByClass(confusion).map(figuresOf);
}

export const averages = ['micro', 'macro', 'weighted'] as const;
/**
 * How figures of classes become one, as scikit-learn defines it: 'micro' counts all predictions alike, 'macro' is the mean
 * over the classes, 'weighted' the mean by how many are of a class.
 */
export type Average = (typeof averages)[number];

/** One figure for several classes. */
export function averageCounts(counts: readonly ClassCounts[], average: Average): ClassFigures {
  const sum = (key: keyof ClassCounts) => total(counts.map((each) => each[key]));
  const all = { right: sum('right'), said: sum('said'), real: sum('real') };
  if (average === 'micro') return figuresOf(all);
  const figures = counts.map(figuresOf);
  const weights = counts.map(({ real }) => (average === 'weighted' ? real : 1));
  const mean = (key: 'precision' | 'recall' | 'f1') =>
    total(figures.map((each, c) => weights[c]! * each[key])) / (total(weights) || 1);
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1'), support: all.real };
}

/**
 * One figure for the classes that occur as a label or a prediction. With one label per example all three of 'micro' are
 * the accuracy.
 */
export function averageFigures(confusion: ConfusionMatrix, average: Average): ClassFigures {
  requireExamples(confusion);
  const occurring = countsByClass(confusion).filter(({ said, real }) => said + real > 0);
  return averageCounts(occurring, average);
}

/** Share of examples whose class was predicted. */
export function accuracy(confusion: ConfusionMatrix): number {
  return total(confusion.map((row, c) => row[c]!)) / requireExamples(confusion);
}

function requireExamples(confusion: ConfusionMatrix): number {
  const examples = total(confusion.flat());
  if (examples === 0) throw new RangeError('a metric needs at least one example');
  return examples;
}

export type ClassificationMetric = Metric<[confusion: ConfusionMatrix]>;
export type ClassificationMetricName = 'accuracy' | `${Average}${'Precision' | 'Recall' | 'F1'}`;

const averaged = <Name extends ClassificationMetricName>(
  name: Name,
  average: Average,
  key: 'precision' | 'recall' | 'f1',
) => ({
  name,
  betterWhen: 'higher' as const,
  compute: (confusion: ConfusionMatrix) => averageFigures(confusion, average)[key],
});

/**
 * - `accuracy`: share of examples whose class was predicted.
 * - `microPrecision`, `macroF1`, `weightedRecall` …: see {@link averageFigures}.
 */
export const classificationMetrics: Readonly<Record<ClassificationMetricName, ClassificationMetric>> = {
  accuracy: { name: 'accuracy', betterWhen: 'higher', compute: accuracy },
  microPrecision: averaged('microPrecision', 'micro', 'precision'),
  microRecall: averaged('microRecall', 'micro', 'recall'),
  microF1: averaged('microF1', 'micro', 'f1'),
  macroPrecision: averaged('macroPrecision', 'macro', 'precision'),
  macroRecall: averaged('macroRecall', 'macro', 'recall'),
  macroF1: averaged('macroF1', 'macro', 'f1'),
  weightedPrecision: averaged('weightedPrecision', 'weighted', 'precision'),
  weightedRecall: averaged('weightedRecall', 'weighted', 'recall'),
  weightedF1: averaged('weightedF1', 'weighted', 'f1'),
};

export const classificationMetricNames = Object.keys(
  classificationMetrics,
) as readonly ClassificationMetricName[];
