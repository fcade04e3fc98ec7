import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { evaluate } from '../../../test/support/evaluate.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { UserError } from '../../tensor/errors.js';
import { input } from '../../tensor/tensor.js';
import { parametersOf } from '../module.js';
import { createPositions, LearnedPositions, SinusoidalPositions } from './positions.js';
import { TokenAndPosition } from './tokenAndPosition.js';

const size = 8;
const time = 6;

/** sin(p ÷ 10000^(2i/D)) for feature i of the first half, cos of the same for the second. */
function sinusoid(position: number): number[] {
  const angles = Array.from({ length: size / 2 }, (_, i) => position / 10_000 ** ((2 * i) / size));
  return [...angles.map(Math.sin), ...angles.map(Math.cos)];
}

describe('sinusoidal positions', () => {
  const positions = new SinusoidalPositions(size);

  it.each([
    ['float64', 1e-12],
    ['float32', 1e-6],
  ] as const)('are sines and cosines of ever slower angles, in %s', async (precision, tolerance) => {
    // A sequence that gives the graph its length.
    const ids = input('ids', 'int32', ['time']);
    const results = await evaluate(
      { along: positions.along('time'), at: positions.at(ids) },
      { ids: { shape: [time], values: [0, 5, 3, 3, 1, 4] } },
      { precision },
    );
    const rows = (at: readonly number[]) => ({ shape: [time, size], values: at.flatMap(sinusoid) });
    expectClose(results['along'], rows([0, 1, 2, 3, 4, 5]), tolerance, 'along');
    expectClose(results['at'], rows([0, 5, 3, 3, 1, 4]), tolerance, 'at');
  });

  it('have an even size', () => {
    expect(() => new SinusoidalPositions(7)).toThrow(
      new UserError('SinusoidalPositions: size is 7; it must be even.'),
    );
  });
});

it('learned positions are the rows of their weight', async () => {
  const positions = new LearnedPositions(10, size);
  const weights = initialValues(parametersOf(positions));
  const ids = input('ids', 'int32', ['time']);
  const results = await evaluate(
    { along: positions.along('time'), at: positions.at(ids) },
    { ...weights, ids: { shape: [time], values: [9, 0, 2, 2, 7, 1] } },
  );
  const rows = (at: readonly number[]) =>
    at.flatMap((row) => Array.from(weights['weight']!.values).slice(row * size, (row + 1) * size));
  expect(results['along']!.values).toEqual(rows([0, 1, 2, 3, 4, 5]));
  expect(results['at']!.values).toEqual(rows([9, 0, 2, 2, 7, 1]));
});

describe.each(['sinusoidal', 'learned', 'rotary', 'none'] as const)(
  'a token at %s positions',
  (positions) => {
    it('is √size · its embedding and what stands for its place, whole and step by step', async () => {
      const layer = new TokenAndPosition({ vocabularySize: 7, size, positions, maxLength: 10 });
      const weights = initialValues(parametersOf(layer));
      const ids = [3, 0, 6, 6, 2, 5];
      const row = (name: string, index: number) =>
        Array.from(weights[name]!.values).slice(index * size, (index + 1) * size);
      const place = (t: number): number[] => {
        if (positions === 'sinusoidal') return sinusoid(t);
        if (positions === 'learned') return row('positions.weight', t);
        // Rotary positions act in the attentions.
        return new Array<number>(size).fill(0);
      };
      const expected = ids.map((id, t) => {
        const [token, added] = [row('embedding.weight', id), place(t)];
        return token.map((value, i) => Math.sqrt(size) * value + added[i]!);
      });
      const sequence = input('ids', 'int32', ['batch', 'time']);
      const step = layer.step(input('id', 'int32', ['rows', 1]), input('position', 'int32', [1]));
      const results = await evaluate(
        { whole: layer.forward(sequence), step },
        {
          ...weights,
          ids: { shape: [1, time], values: ids },
          id: { shape: [1, 1], values: [ids[4]!] },
          position: { shape: [1], values: [4] },
        },
      );
      expectClose(results['whole'], { shape: [1, time, size], values: expected.flat() }, 1e-6, 'whole');
      expectClose(results['step'], { shape: [1, 1, size], values: expected[4]! }, 1e-6, 'step');
    });
  },
);

it('positions that are not added to tokens are none', () => {
  expect(createPositions('rotary', size)).toBeUndefined();
  expect(createPositions('none', size)).toBeUndefined();
  expect(createPositions('learned', size)!.maxLength).toBe(512);
  expect(() => createPositions('absolute' as 'none', size)).toThrow("type is 'absolute'");
});
