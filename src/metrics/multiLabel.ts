import { averageCounts, averages, type Average, type ClassCounts } from './classification.js';
import type { SumMetric } from './exampleSums.js';
import type { ValuePairs } from './values.js';

/**
 * Counts of each class where an example may be of several: what `averageCounts` and `figuresOf` make figures of.
 * @param pairs targets 0 or 1 (NaN counts nothing) and probabilities, [examples, classes] row-major.
 * @param threshold from which on a probability says that an example is of the class.
 * @throws RangeError when both are not whole rows of classes.
 */
export function multiLabelCounts(
  { targets, predictions }: ValuePairs,
  classes: number,
  threshold = 0.5,
): ClassCounts[] {
  if (targets.length !== predictions.length || targets.length % classes !== 0)
    throw new RangeError(
      `${targets.length} targets and ${predictions.length} predictions must both be rows of ${classes} classes`,
    );
  return Array.from({ length: classes }, (_, c) => {
    let [right, said, real] = [0, 0, 0];
    for (let i = c; i < targets.length; i += classes) {
      if (Number.isNaN(targets[i]!)) continue;
      const is = targets[i]! > 0.5;
      const says = predictions[i]! >= threshold;
      if (is) real++;
      if (says) said++;
      if (is && says) right++;
    }
    return { right, said, real };
  });
}

/** An example that may be of several classes: of each 1 or 0, and how likely it is said to be. */
export interface MultiLabelExample {
  /** [classes] */
  readonly targets: ArrayLike<number>;
  /** [classes] */
  readonly probabilities: ArrayLike<number>;
}

const keys = { Precision: 'precision', Recall: 'recall', F1: 'f1' } as const;

export type MultiLabelMetricName = `${Average}${keyof typeof keys}` | 'exactMatch';

/** All of them, in the order in which they are shown. */
export const multiLabelMetricNames: readonly MultiLabelMetricName[] = [
  ...averages.flatMap((average) =>
    (Object.keys(keys) as (keyof typeof keys)[]).map((key) => `${average}${key}` as const),
  ),
  'exactMatch',
];

/**
 * - `microPrecision`, `macroF1`, `weightedRecall` …: of all classes, as scikit-learn averages them (see `averageCounts`).
 * - `exactMatch`: share of examples of which all classes are said and no other.
 * @param threshold from which on a probability says that an example is of the class.
 */
export function multiLabelMetric(
  name: MultiLabelMetricName,
  threshold: number,
): SumMetric<MultiLabelExample> {
  return {
    row({ targets, probabilities: predictions }) {
      const counts = multiLabelCounts({ targets, predictions }, targets.length, threshold);
      const exact = counts.every(({ said, real }) => said === real);
      return [1, Number(exact), ...counts.flatMap(({ right, said, real }) => [right, said, real])];
    },
    figure([examples, exact, ...sums]) {
      if (name === 'exactMatch') return exact! / examples!;
      const counts = Array.from({ length: sums.length / 3 }, (_, c) => {
        const [right, said, real] = sums.slice(3 * c, 3 * c + 3);
        return { right: right!, said: said!, real: real! };
      });
      const [, average, figure] = /^([a-z]+)(.+)$/.exec(name)!;
      return averageCounts(counts, average as Average)[keys[figure as keyof typeof keys]];
    },
  };
}
