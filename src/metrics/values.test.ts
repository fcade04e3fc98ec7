import { expect, it } from 'vitest';
import { valueMetrics } from './values.js';

const pairs = { targets: [1, 2, NaN, -1], predictions: [2, 2, 9, -3] };

it('value metrics leave out what is not known', () => {
  for (const [name, metric] of Object.entries(valueMetrics)) expect(metric.name).toBe(name);
  expect(valueMetrics.mse.compute(pairs)).toBeCloseTo(5 / 3, 12);
  expect(valueMetrics.mae.compute(pairs)).toBe(1);
  expect(valueMetrics.rmse.compute(pairs)).toBeCloseTo(Math.sqrt(5 / 3), 12);
});

it('value metrics need values in pairs', () => {
  expect(() => valueMetrics.mse.compute({ targets: [1], predictions: [] })).toThrow(
    '1 targets, but 0 predictions',
  );
  expect(() => valueMetrics.mae.compute({ targets: [NaN], predictions: [1] })).toThrow('at least one value');
});
