import { expect, it } from 'vitest';
import { averageParameters } from './averageParameters.js';

const tensor = (...values: number[]) => ({
  dtype: 'float32' as const,
  shape: [values.length],
  data: Float32Array.from(values),
});

it('is the mean, name by name', () => {
  const checkpoints = [
    { a: tensor(1, 2), b: tensor(0) },
    { b: tensor(6), a: tensor(4, 0) },
    { a: tensor(1, 1), b: tensor(0) },
  ];
  expect(averageParameters(checkpoints)).toEqual({ a: tensor(2, 1), b: tensor(2) });
});

it('refuses checkpoints of different models, and none at all', () => {
  expect(() => averageParameters([{ a: tensor(1) }, { a: tensor(1, 2) }])).toThrow(
    "averageParameters: 'a' is [1] in checkpoint 1, [2] in checkpoint 2. Average checkpoints of one model.",
  );
  expect(() => averageParameters([{ a: tensor(1) }, {}])).toThrow("'a' is [1] in checkpoint 1, missing in");
  expect(() => averageParameters([])).toThrow('no checkpoint was given');
});
