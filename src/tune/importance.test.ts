import { describe, expect, it } from 'vitest';
import { randomKey, randomUniform } from '../tensor/random.js';
import { importances } from './importance.js';
import { drawValues, type Space, type Values } from './space.js';

const space: Space = {
  rate: { logUniform: [1e-4, 1e-1] },
  cell: { choice: ['rnn', 'gru', 'lstm'] },
  width: { integer: [1, 64] },
  idle: { uniform: [0, 1] },
};

const trialsOf = (loss: (values: Values) => number, count: number, seed = 1) =>
  Array.from({ length: count }, (_, i) => {
    const values = drawValues(space, randomKey(seed, i));
    return { values, score: loss(values) };
  });
const byKey = (...args: Parameters<typeof importances>) =>
  Object.fromEntries(importances(...args).map(({ key, share }) => [key, share]));

describe('importance', () => {
  it('finds the key that matters, also where its best value lies in the middle', () => {
    const valley = trialsOf(({ rate }) => Math.log10((rate as number) / 0.003) ** 2, 30);
    const shares = byKey(space, valley);
    expect(importances(space, valley)[0]!.key).toBe('rate');
    expect(shares['rate']).toBeGreaterThan(0.8);
    for (const key of ['cell', 'width', 'idle']) expect(shares[key]).toBeLessThan(0.1);
  });

  it('orders keys by what they explain', () => {
    const loss = ({ cell, width }: Values) => (cell === 'gru' ? 0 : 1) - 0.004 * (width as number);
    const [first, second] = importances(space, trialsOf(loss, 60));
    expect([first!.key, second!.key]).toEqual(['cell', 'width']);
    expect(first!.share + second!.share).toBeGreaterThan(0.8);
  });

  it('is not led astray by what a search has kept together', () => {
    // Twelve trials drawn evenly, then as many with a good rate that all have the same width.
    const loss = ({ rate }: Values) => Math.log10((rate as number) / 0.003) ** 2;
    const drawn = trialsOf(loss, 12);
    const guided = trialsOf(loss, 12, 2).map(({ values }) => {
      const near = { ...values, rate: 0.003 * (values['rate'] as number) ** 0.05, width: 60 };
      return { values: near, score: loss(near) };
    });
    const shares = byKey(space, [...drawn, ...guided]);
    expect(shares['rate']).toBeGreaterThan(5 * shares['width']!);
  });

  it('gives keys that do nothing about nothing, and noise no key', () => {
    const noise = (values: Values) => randomUniform(7, Math.round(1e6 * (values['idle'] as number)));
    const mean = (loss: (values: Values) => number, key: string) =>
      Array.from({ length: 30 }, (_, seed) => byKey(space, trialsOf(loss, 20, seed))[key]!).reduce((a, b) => a + b) / 30; // prettier-ignore
    expect(mean(({ rate }) => rate as number, 'rate')).toBeGreaterThan(0.85);
    for (const key of ['cell', 'width', 'idle']) {
      expect(mean(({ rate }) => rate as number, key)).toBeLessThan(0.05);
      expect(mean(noise, key)).toBeLessThan(0.1);
    }
  });

  it('is not carried away by a trial that diverged', () => {
    const trials = trialsOf(({ width }) => -(width as number), 20);
    const diverged = trials.map((trial, i) => (i === 4 ? { ...trial, score: Infinity } : trial));
    expect(importances(space, diverged)[0]!.key).toBe('width');
  });

  it('takes many trials, and says nothing of none, one or equal figures', () => {
    const none = { rate: 0, cell: 0, width: 0, idle: 0 };
    const loss = ({ rate }: Values) => rate as number;
    expect(byKey(space, [])).toEqual(none);
    expect(byKey(space, trialsOf(loss, 1))).toEqual(none);
    expect(
      byKey(
        space,
        trialsOf(() => 3, 20),
      ),
    ).toEqual(none);
    expect(importances(space, trialsOf(loss, 700))[0]!.key).toBe('rate');
  });
});
