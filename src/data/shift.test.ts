import { describe, expect, it } from 'vitest';
import { END, START } from '../text/vocabulary.js';
import { shiftRight, writeShifted } from './shift.js';

describe('shiftRight', () => {
  it('puts START before the input and END after the labels', () => {
    const { input, labels } = shiftRight([7, 8, 9]);
    expect([...input]).toEqual([START, 7, 8, 9]);
    expect([...labels]).toEqual([7, 8, 9, END]);
  });

  it('turns an empty target into START → END', () => {
    const { input, labels } = shiftRight([]);
    expect([[...input], [...labels]]).toEqual([[START], [END]]);
  });
});

it('writeShifted writes its own part of the arrays only', () => {
  const input = new Int32Array(6).fill(-1);
  const labels = new Int32Array(4).fill(-1);
  writeShifted([5, 6, 7, 8], 1, 3, { input, inputOffset: 2, labels, labelsOffset: 1 });
  expect([...input]).toEqual([-1, -1, START, 6, 7, -1]);
  expect([...labels]).toEqual([-1, 6, 7, END]);
});
