import { describe, expect, it } from 'vitest';
import { readFigures } from '../../test/support/fixtures.js';
import { averagePrecision, rocAuc } from './areaUnderCurve.js';
import {
  averageCounts,
  averages,
  classificationMetricNames,
  classificationMetrics,
  type Average,
} from './classification.js';
import { figureOf } from './exampleSums.js';
import { multiLabelCounts, multiLabelMetric } from './multiLabel.js';
import {
  brierScore,
  calibrationError,
  confusionOf,
  logLoss,
  probabilityMetricNames,
  probabilityMetrics,
} from './probabilities.js';

interface Case {
  readonly labels: readonly number[];
  /** Probabilities in thousandths. */
  readonly thousandths: readonly (readonly number[])[];
  readonly confusion: readonly (readonly number[])[];
  readonly figures: Readonly<Record<string, number>>;
  /** Of several classes at once: what is, and what was said. */
  readonly truths: readonly number[];
  readonly marks: readonly number[];
  readonly several: Readonly<Record<Average, readonly [number, number, number]>>;
}

const cases = readFigures('metrics/classes') as readonly Case[];

function examplesOf({ labels, thousandths }: Case) {
  return thousandths.map((row, i) => ({
    label: labels[i]!,
    prediction: row.indexOf(Math.max(...row)),
    probabilities: row.map((each) => each / 1000),
  }));
}

describe('of 200 random cases', () => {
  it('metrics of classes and of probabilities are scikit-learn’s', () => {
    expect(cases).toHaveLength(200);
    for (const each of cases) {
      const examples = examplesOf(each);
      const confusion = confusionOf(examples, each.confusion.length);
      expect(confusion).toEqual(each.confusion);
      const expectClose = (value: number, name: string) => {
        expect(Math.abs(value - each.figures[name]!), `${name} of ${JSON.stringify(each)}`).toBeLessThan(
          1e-6,
        );
      };
      for (const name of classificationMetricNames)
        expectClose(classificationMetrics[name].compute(confusion), name);
      for (const name of probabilityMetricNames)
        expectClose(probabilityMetrics[name].compute(examples), name);
      if (each.confusion.length === 2) expectClose(brierScore(examples), 'brierOfScikitLearn');
    }
  });

  it('averages over several classes at once are scikit-learn’s', () => {
    for (const { truths, marks, several, confusion } of cases) {
      const counts = multiLabelCounts({ targets: truths, predictions: marks }, confusion.length);
      for (const average of averages) {
        const { precision, recall, f1 } = averageCounts(counts, average);
        [precision, recall, f1].forEach((value, i) => {
          expect(Math.abs(value - several[average][i]!)).toBeLessThan(1e-6);
        });
      }
    }
  });

  it('are the same from sums over examples; an exact match has all classes and no other', () => {
    for (const { truths, marks, several, confusion } of cases) {
      const classes = confusion.length;
      const rowOf = (values: readonly number[], i: number) => values.slice(i * classes, (i + 1) * classes);
      const examples = Array.from({ length: truths.length / classes }, (_, i) => ({
        targets: rowOf(truths, i),
        probabilities: rowOf(marks, i),
      }));
      for (const average of averages)
        (['Precision', 'Recall', 'F1'] as const).forEach((key, i) => {
          const value = figureOf(multiLabelMetric(`${average}${key}`, 0.5), examples);
          expect(Math.abs(value - several[average][i]!)).toBeLessThan(1e-6);
        });
      const exact = examples.filter(
        ({ targets, probabilities }) => String(targets) === String(probabilities),
      );
      const metric = multiLabelMetric('exactMatch', 0.5);
      expect(figureOf(metric, examples)).toBeCloseTo(exact.length / examples.length, 12);
    }
    const unsure = [{ targets: [1, 0], probabilities: [0.6, 0.4] }];
    expect(figureOf(multiLabelMetric('exactMatch', 0.5), unsure)).toBe(1);
    expect(figureOf(multiLabelMetric('exactMatch', 0.3), unsure)).toBe(0);
    expect(figureOf(multiLabelMetric('microRecall', 0.7), unsure)).toBe(0);
  });
});

describe('areas under curves', () => {
  const scores = (positive: number[], negative: number[]) => ({
    positive: Float64Array.from(positive),
    negative: Float64Array.from(negative),
  });

  it('are 1 for a perfect order, and count equal scores half', () => {
    expect(rocAuc(scores([3, 4], [1, 2]))).toBe(1);
    expect(rocAuc(scores([1], [1, 1]))).toBe(0.5);
    expect(averagePrecision(scores([3, 4], [1, 2]))).toBe(1);
    expect(averagePrecision(scores([1], [2, 3]))).toBeCloseTo(1 / 3, 12);
  });

  it('are undefined without examples of both kinds, and leave such classes out', () => {
    expect(rocAuc(scores([], [1]))).toBeNaN();
    const example = (label: number, ...probabilities: number[]) => ({ label, prediction: 0, probabilities });
    const examples = [example(0, 0.6, 0.3, 0.1), example(1, 0.3, 0.5, 0.2)];
    expect(probabilityMetrics.rocAuc.compute(examples)).toBe(1);
    expect(probabilityMetrics.rocAuc.compute(examples.slice(1))).toBeNaN();
  });
});

it('areas are NaN where a score is', () => {
  const scores = { positive: Float64Array.of(0.5, NaN), negative: Float64Array.of(0.1) };
  expect([rocAuc(scores), averagePrecision(scores)]).toEqual([NaN, NaN]);
});

it('what was taken for impossible costs much, but not without end', () => {
  const sure = [{ label: 1, prediction: 0, probabilities: [1, 0] }];
  expect(logLoss(sure)).toBeCloseTo(52 * Math.LN2, 10);
  expect(brierScore(sure)).toBe(1);
  expect(calibrationError(sure)).toBe(1);
  for (const name of probabilityMetricNames) {
    expect(probabilityMetrics[name].name).toBe(name);
    expect(() => probabilityMetrics[name].compute([])).toThrow('at least one example');
  }
});
