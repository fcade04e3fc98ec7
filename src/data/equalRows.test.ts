import { expect, it } from 'vitest';
import { findEqualRows, type NumberRows } from './equalRows.js';

const rows = (...of: number[][]): NumberRows => ({
  values: Float64Array.from(of.flat()),
  width: of[0]?.length ?? 2,
});

it('finds rows that stand in two parts, and none that a part has twice', () => {
  const parts = {
    train: rows([1, 2], [3, 4], [1, 2]),
    validation: rows([2, 1], [3, 4]),
    test: rows([1, 2], [5, 6], [2, 1], [5, 6]),
  };
  expect(findEqualRows(parts)).toEqual([
    { parts: ['train', 'validation'], rows: [1, 1] },
    { parts: ['train', 'test'], rows: [0, 0] },
    { parts: ['validation', 'test'], rows: [0, 2] },
  ]);
  expect(findEqualRows({ train: rows([1, 2]), validation: rows(), test: rows() })).toEqual([]);
});

it('finds pixels as they are kept', () => {
  const values = Float32Array.from([0.1, 0.2, 0.3, 0.1]);
  const parts = {
    train: { values: values.subarray(0, 2), width: 2 },
    validation: { values: values.subarray(2), width: 2 },
    test: { values: Float32Array.from([0.1, 0.2]), width: 2 },
  };
  expect(findEqualRows(parts)).toEqual([{ parts: ['train', 'test'], rows: [0, 0] }]);
});

it('finds stretches of a series, those without a change excepted', () => {
  const series = (values: number[]) => ({ values: Float64Array.from(values), width: 1 });
  const parts = {
    train: series([1, 2, 3, 4, 0, 0, 0, 0]),
    validation: series([9, 2, 3, 4, 9]),
    test: series([0, 0, 0, 7, 2, 3]),
  };
  expect(findEqualRows(parts, 3)).toEqual([{ parts: ['train', 'validation'], rows: [1, 1] }]);
  expect(findEqualRows(parts, 9)).toEqual([]);
});

it('compares what has the same hash', () => {
  // 100,000 rows of 32-bit hashes: about one pair of different rows collides.
  const values = Float64Array.from({ length: 100_000 }, (_, i) => i);
  const parts = {
    train: { values, width: 1 },
    validation: { values: values.map((x) => x + 0.5), width: 1 },
    test: { values: values.subarray(0, 0), width: 1 },
  };
  expect(findEqualRows(parts)).toEqual([]);
});
