import { expect, it } from 'vitest';
import { readFigures } from '../../test/support/fixtures.js';
import { forecastMetricNames, seriesMetrics, stepChanges, valueMetrics } from './values.js';

const pairs = { targets: [1, 2, NaN, -1], predictions: [2, 2, 9, -3] };
const all = { ...valueMetrics, ...seriesMetrics };

interface Case {
  readonly variables: number;
  readonly targets: readonly number[];
  readonly predictions: readonly number[];
  /** What came before. */
  readonly series: readonly number[];
  readonly figures: Readonly<Record<string, number>>;
}

it('value metrics are scikit-learn’s in 200 random cases', () => {
  const cases = readFigures('metrics/values') as readonly Case[];
  expect(cases).toHaveLength(200);
  for (const { series, figures, variables, ...values } of cases) {
    const measured = { ...values, variables, changes: stepChanges(series, variables) };
    for (const name of forecastMetricNames) {
      // A target of 0 makes a MAPE of 10¹⁵.
      const near = 1e-6 * Math.max(1, figures[name]! * 1e-6);
      const value = all[name].compute(measured);
      expect(Math.abs(value - figures[name]!), name).toBeLessThan(near);
      // Of examples, each all variables of a moment.
      const over = all[name].over(measured, values.targets.length / variables);
      expect(Math.abs(over.measure(over.examples) - value)).toBeLessThan(near);
    }
  }
});

it('value metrics leave out what is not known', () => {
  for (const [name, metric] of Object.entries(all)) expect(metric.name).toBe(name);
  expect(valueMetrics.mse.compute(pairs)).toBeCloseTo(5 / 3, 12);
  expect(valueMetrics.mae.compute(pairs)).toBe(1);
  expect(valueMetrics.rmse.compute(pairs)).toBeCloseTo(Math.sqrt(5 / 3), 12);
  expect(valueMetrics.r2.compute(pairs)).toBeCloseTo(1 - 5 / (14 / 3), 12);
  expect(valueMetrics.mape.compute(pairs)).toBeCloseTo(1, 12);
  expect(valueMetrics.smape.compute(pairs)).toBeCloseTo((2 / 3 + 0 + 1) / 3, 12);
  expect(seriesMetrics.mase.compute({ ...pairs, changes: [2] })).toBe(0.5);
});

it('value metrics of what never changes', () => {
  const still = { targets: [2, 2], predictions: [2, 2] };
  expect(valueMetrics.r2.compute(still)).toBe(1);
  expect(valueMetrics.r2.compute({ ...still, predictions: [2, 3] })).toBe(0);
  expect(valueMetrics.smape.compute({ targets: [0], predictions: [0] })).toBe(0);
  // The second variable does not count.
  const two = { targets: [1, 5], predictions: [2, 9], variables: 2, changes: [2, 0] };
  expect(seriesMetrics.mase.compute(two)).toBe(0.5);
  expect(stepChanges([1, 5, 3, 5, NaN, 5, 4, 5], 2)).toEqual([2, 0]);
  expect(() => seriesMetrics.mase.compute(pairs)).toThrow('needs the changes');
});

it('value metrics need values in pairs', () => {
  expect(() => valueMetrics.mse.compute({ targets: [1], predictions: [] })).toThrow(
    '1 targets, but 0 predictions',
  );
  expect(() => valueMetrics.mae.compute({ targets: [NaN], predictions: [1] })).toThrow('at least one value');
  expect(() => valueMetrics.r2.compute({ targets: [NaN], predictions: [1] })).toThrow('at least one value');
});
