import { describe, expect, it } from 'vitest';
import {
  decode,
  drawValues,
  encode,
  gridOf,
  gridSize,
  sameValues,
  shortNames,
  type Dimension,
} from './space.js';

const dimensions: readonly Dimension[] = [
  { uniform: [-1, 3] },
  { logUniform: [1e-5, 1e-1] },
  { integer: [2, 9] },
  { choice: ['gru', null, { type: 'lstm' }] },
];

describe('a dimension', () => {
  it.each(dimensions)('finds a place for each value and the value at each place: %o', (dimension) => {
    for (const place of [0, 0.1, 0.37, 0.5, 0.99, 1]) {
      const value = decode(dimension, place);
      const again = encode(dimension, value);
      expect(again).toBeGreaterThanOrEqual(0);
      expect(again).toBeLessThanOrEqual(1);
      expect(decode(dimension, again)).toEqual(value);
    }
  });

  it('rounds numbers to four digits, within the range', () => {
    expect(decode({ uniform: [0, 1] }, 1 / 3)).toBe(0.3333);
    expect(decode({ uniform: [0.12344, 1] }, 0)).toBe(0.12344);
    expect(decode({ logUniform: [1e-4, 1e-2] }, 0.5)).toBe(0.001);
  });
});

describe('drawing', () => {
  it('is even on the scale of each key, and follows from the key of the random numbers', () => {
    const space = { a: dimensions[1]!, b: dimensions[2]!, c: dimensions[3]! };
    const draws = Array.from({ length: 4000 }, (_, i) => drawValues(space, i));
    expect(draws[7]).toEqual(drawValues(space, 7));
    const below = draws.filter(({ a }) => (a as number) < 1e-3).length;
    expect(below / 4000).toBeCloseTo(0.5, 1);
    for (let value = 2; value <= 9; value++)
      expect(draws.filter(({ b }) => b === value).length / 4000).toBeCloseTo(1 / 8, 1);
    expect(draws.filter(({ c }) => c === null).length / 4000).toBeCloseTo(1 / 3, 1);
  });

  it('gives keys streams of their own', () => {
    const range: Dimension = { uniform: [0, 1] };
    const draws = Array.from({ length: 500 }, (_, i) => drawValues({ a: range, b: range }, i));
    expect(draws.filter(({ a, b }) => Math.abs((a as number) - (b as number)) < 0.1).length).toBeLessThan(
      130,
    );
  });
});

describe('a grid', () => {
  it('has every combination once, whatever the order of the keys', () => {
    const x: Dimension = { uniform: [0, 1], points: 3 };
    const y: Dimension = { integer: [1, 2] };
    const z: Dimension = { choice: ['p', 'q'] };
    const grid = gridOf({ x, y, z });
    expect(grid).toHaveLength(12);
    expect(gridSize({ x, y, z })).toBe(12);
    expect(grid.slice(0, 3)).toEqual([{ x: 0, y: 1, z: 'p' }, { x: 0, y: 1, z: 'q' }, { x: 0, y: 2, z: 'p' }]); // prettier-ignore
    expect(grid.filter((values) => grid.filter((other) => sameValues(values, other)).length > 1)).toEqual([]);
    expect(gridOf({ z, y, x })).toEqual(grid);
    expect(gridOf({ x: { logUniform: [1e-4, 1e-2], points: 3 } }).map((values) => values['x'])).toEqual([1e-4, 1e-3, 1e-2]); // prettier-ignore
  });
});

it('shortens keys as far as they stay apart and say what they are of', () => {
  expect(
    shortNames([
      'training.optimizer.learningRate',
      'a.model.encoder.layers',
      'b.model.encoder.layers',
      'layers',
    ]),
  ).toEqual(['optimizer.learningRate', 'a.model.encoder.layers', 'b.model.encoder.layers', 'layers']);
  expect(
    shortNames(['model.encoder.dropout', 'model.decoder.attention.heads', 'model.encoder.attention.heads']),
  ).toEqual(['encoder.dropout', 'decoder.attention.heads', 'encoder.attention.heads']);
});
