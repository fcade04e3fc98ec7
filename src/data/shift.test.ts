import { describe, expect, it } from 'vitest';
import { END, START } from '../text/vocabulary.js';
import { shiftRight } from './shift.js';

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
