import { describe, expect, it } from 'vitest';
import { answerProbabilities, randomFrames } from '../../test/support/ctcCases.js';
import { UserError } from '../tensor/errors.js';
import { ctcBeamSearch, ctcBestPath, type CtcFrames } from './ctcDecoding.js';

const frames = (...probabilities: number[][]): CtcFrames => ({
  values: probabilities.flat().map(Math.log),
  classes: probabilities[0]!.length,
});
const probabilities = (hypotheses: readonly { ids: readonly number[]; logProbability: number }[]) =>
  hypotheses.map(({ ids, logProbability }) => [ids.join(), Math.exp(logProbability)] as const);

/** The search as the paper writes it, over all labels and with prefixes as texts; in probabilities. */
function plainSearch(
  { values, classes }: CtcFrames,
  beam: number,
  blank: number,
): (readonly [string, number])[] {
  interface Ways {
    inBlank: number;
    inLabel: number;
  }
  const total = ({ inBlank, inLabel }: Ways) => inBlank + inLabel;
  let kept = new Map<string, Ways>([['', { inBlank: 1, inLabel: 0 }]]);
  for (let t = 0; t * classes < values.length; t++) {
    const next = new Map<string, Ways>();
    const add = (prefix: string, way: keyof Ways, probability: number) => {
      const ways = next.get(prefix) ?? { inBlank: 0, inLabel: 0 };
      ways[way] += probability;
      next.set(prefix, ways);
    };
    for (const [prefix, ways] of kept)
      for (let label = 0; label < classes; label++) {
        const probability = Math.exp(values[t * classes + label]!);
        const longer = prefix === '' ? String(label) : `${prefix},${label}`;
        if (label === blank) add(prefix, 'inBlank', probability * total(ways));
        else if (prefix.split(',').at(-1) === String(label)) {
          add(prefix, 'inLabel', probability * ways.inLabel);
          add(longer, 'inLabel', probability * ways.inBlank);
        } else add(longer, 'inLabel', probability * total(ways));
      }
    kept = new Map([...next].sort(([, a], [, b]) => total(b) - total(a)).slice(0, beam));
  }
  return [...kept].map(([prefix, ways]) => [prefix, total(ways)] as const);
}

function expectSame(
  found: readonly (readonly [string, number])[],
  expected: readonly (readonly [string, number])[],
): void {
  expect(found.map(([answer]) => answer)).toEqual(expected.map(([answer]) => answer));
  found.forEach(([answer, p], i) => expect(p / expected[i]![1], answer).toBeCloseTo(1, 10));
}

describe('ctcBestPath', () => {
  it('merges runs, and then removes blanks', () => {
    const sure = [1, 1, 0, 1, 2, 2, 0, 0].map((label) => [0, 1, 2].map((c) => (c === label ? 0.8 : 0.1)));
    const { ids, logProbability, score } = ctcBestPath(frames(...sure));
    expect(ids).toEqual([1, 1, 2]);
    expect(logProbability).toBeCloseTo(8 * Math.log(0.8), 12);
    expect(score).toBe(logProbability);
    expect(ctcBestPath(frames(...sure), { blank: 1 }).ids).toEqual([0, 2, 0]);
  });

  it('takes the first of equals, and gives no frames an empty answer', () => {
    expect(ctcBestPath(frames([0.2, 0.4, 0.4])).ids).toEqual([1]);
    expect(ctcBestPath({ values: [], classes: 3 })).toEqual({ ids: [], logProbability: 0, score: 0 });
  });
});

describe('ctcBeamSearch', () => {
  it('finds the likeliest answer where the likeliest alignment has another', () => {
    const unsure = frames([0.6, 0.4], [0.6, 0.4]);
    expect(ctcBestPath(unsure).ids).toEqual([]);
    // 1·1, 1·blank and blank·1 against blank·blank.
    expectSame(probabilities(ctcBeamSearch(unsure, { beam: 2 })), [
      ['1', 0.64],
      ['', 0.36],
    ]);
  });

  it('counts a label anew only after a blank', () => {
    const found = probabilities(ctcBeamSearch(frames([0, 1], [0.5, 0.5], [0, 1]), { beam: 4 }));
    expectSame(found, [
      ['1', 0.5],
      ['1,1', 0.5],
    ]);
  });

  it.each([
    [5, 3, 0],
    [4, 4, 3],
    [4, 4, 1],
    [6, 2, 0],
    [1, 5, 2],
  ])('with room for every prefix is exact: %i frames, %i classes, blank %i', (time, classes, blank) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const given = randomFrames(seed, time, classes, seed);
      const exact = [...answerProbabilities(given, blank)].sort(([, a], [, b]) => b - a);
      const found = probabilities(ctcBeamSearch(given, { beam: 1000, blank }));
      expectSame(found, exact);
      expect(found.reduce((sum, [, p]) => sum + p, 0)).toBeCloseTo(1, 10);
    }
  });

  it.each([1, 2, 3, 5, 20])('with a beam of %i keeps what the plain search keeps', (beam) => {
    for (let seed = 1; seed <= 20; seed++) {
      const given = randomFrames(seed, 12, 9, 1 + (seed % 3));
      const found = probabilities(ctcBeamSearch(given, { beam, blank: seed % 9 }));
      expectSame(found, plainSearch(given, beam, seed % 9));
    }
  });

  it('does not underflow over thousands of frames, nor on impossible classes', () => {
    const [found] = ctcBeamSearch(randomFrames(1, 3000, 5), { beam: 4 });
    expect(found!.logProbability).toBeGreaterThan(-1e5);
    expect(found!.logProbability).toBeLessThan(-1000);
    const sure = frames([0, 1, 0], [0, 0, 1]);
    expectSame(probabilities(ctcBeamSearch(sure, { beam: 5 })), [['1,2', 1]]);
  });

  it('gives no frames an empty answer', () => {
    expect(ctcBeamSearch({ values: [], classes: 3 }, { beam: 3 })).toEqual([
      { ids: [], logProbability: 0, score: 0 },
    ]);
  });

  it('names what cannot be', () => {
    const given = frames([0.5, 0.5]);
    expect(() => ctcBeamSearch(given, { beam: 0 })).toThrow(UserError);
    expect(() => ctcBeamSearch(given, { beam: 2, blank: 2 })).toThrow(
      'CTC decoding: blank is 2; it must be below the number of classes, 2.',
    );
    expect(() => ctcBestPath({ values: [0, 0, 0], classes: 2 })).toThrow(
      'CTC decoding: frames is 1.5; it must be a whole number from 0.',
    );
  });
});
