import { expect, it } from 'vitest';
import { MinMaxScaler } from './minMaxScaler.js';
import { StandardScaler } from './standardScaler.js';

it('puts what it was fitted on between 0 and 1, and inverts it', () => {
  const rows = [2, 10, 4, NaN, 6, 30, 4, 20];
  const scaler = MinMaxScaler.fit(rows, 2);
  expect([scaler.minima, scaler.ranges, scaler.variables]).toEqual([[2, 10], [4, 20], 2]);
  const known = rows.map((x) => (Number.isNaN(x) ? 0 : x));
  expect([...scaler.transform(known)]).toEqual([0, 0, 0.5, -0.5, 1, 1, 0.5, 0.5]);
  expect([...scaler.invert(scaler.transform(known))]).toEqual(known);
});

it('only shifts what never changes', () => {
  expect([...MinMaxScaler.fit([5, 5]).transform([5, 7])]).toEqual([0, 2]);
});

it('refuses what it cannot be fitted on', () => {
  expect(() => MinMaxScaler.fit([1, 2, 3], 2)).toThrow('MinMaxScaler: 3 values do not make up rows of 2');
  expect(() => MinMaxScaler.fit([NaN])).toThrow('MinMaxScaler: variable 1 has no value');
  expect(() => new MinMaxScaler([0], [0])).toThrow('ranges[0] is 0');
});

it('hands values to another scaler, whose digits a float32 could not hold in their own unit', () => {
  const times = Array.from({ length: 10 }, (_, i) => 1.7e9 + i);
  const [minMax, standard] = [MinMaxScaler.fit(times), StandardScaler.fit(times)];
  const rescaled = minMax.rescale(minMax.transform(times), standard);
  standard.transform(times).forEach((value, i) => expect(rescaled[i]).toBeCloseTo(value, 5));
  expect([...standard.rescale([0.25, NaN, -3], standard)]).toEqual([0.25, NaN, -3]);
  expect(() => minMax.rescale([], standard)).toThrow('0 values do not make up rows of 1');
});
