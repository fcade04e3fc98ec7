import { describe, expect, it } from 'vitest';
import { checkFixture, parametersByFixtureName } from '../../../test/support/fixtureCheck.js';
import { evaluate } from '../../../test/support/evaluate.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { gradients } from '../../autodiff/gradients.js';
import { sum } from '../../ops/reduce.js';
import { square } from '../../ops/elementwise.js';
import { input } from '../../tensor/tensor.js';
import { AdditiveAttention, DotAttention, GeneralAttention, type Attention } from './attention.js';
import { parametersOf } from '../module.js';

const build: Record<string, { size: number; make: () => Attention }> = {
  additive: { size: 3, make: () => new AdditiveAttention(3, 4, 6) },
  dot: { size: 4, make: () => new DotAttention() },
  general: { size: 3, make: () => new GeneralAttention(3, 4) },
};

describe.each(Object.keys(build))('%s attention', (type) => {
  const { size, make } = build[type]!;

  function traced() {
    const attention = make();
    parametersOf(attention);
    const queries = input('queries', 'float32', ['batch', 'time', size]);
    const keys = input('keys', 'float32', ['batch', 'source', 4]);
    const mask = input('mask', 'bool', ['batch', 'source']);
    return { attention, queries, keys, ...attention.forward(queries, attention.prepare(keys, mask)) };
  }

  it.each([
    ['full', 'float64', 1e-8],
    ['ragged', 'float64', 1e-8],
    ['full', 'float32', 1e-5],
    ['ragged', 'float32', 1e-5],
  ] as const)('%s, as PyTorch in %s', async (masking, precision, tolerance) => {
    const fixture = readFixture(`attention/${type}-${masking}`);
    const { attention, queries, keys, context, weights } = traced();
    const variables = { ...parametersByFixtureName(attention, fixture), queries, keys };
    const inputs = { mask: fixture['mask']! };
    await checkFixture({ fixture, outputs: { context, weights }, variables, inputs }, precision, tolerance);
  });

  it('gives zeros and finite gradients where no position is real', async () => {
    const fixture = readFixture(`attention/${type}-ragged`);
    const { attention, queries, keys, context, weights } = traced();
    const variables = { ...parametersByFixtureName(attention, fixture), queries, keys };
    const found = gradients(sum(square(context)), Object.values(variables));
    const named = Object.fromEntries(found.map((x, i) => [`gradient${i}`, x]));
    const mask = { shape: [3, 5], values: fixture['mask']!.values };
    mask.values = Array.from(mask.values, (real, i) => (i < 5 ? 0 : real));
    const results = await evaluate({ context, weights, ...named }, { ...fixture, mask });
    expect(results['context']!.values.slice(0, 16)).toEqual(new Array(16).fill(0));
    expect(results['weights']!.values.slice(0, 20)).toEqual(new Array(20).fill(0));
    expect(
      Object.values(results)
        .flatMap((x) => x.values)
        .every(Number.isFinite),
    ).toBe(true);
  });
});

/**
 * Attentions over one feature with weights of 1, whose scores are keys · size; those of additive attention get their size
 * from its last weight.
 */
const huge = {
  additive: {
    attention: new AdditiveAttention(1, 1, 1),
    energy: (size: number) => size,
    root: () => 1,
    query: 0,
  },
  dot: { attention: new DotAttention(), energy: () => 1, root: Math.sqrt, query: 1 },
  general: { attention: new GeneralAttention(1, 1), energy: () => 1, root: Math.sqrt, query: 1 },
};

describe.each(Object.entries(huge))('%s attention', (_, { attention, energy, root, query }) => {
  const parameters = parametersOf(attention);
  const queries = input('queries', 'float32', ['batch', 'time', 1]);
  const keys = input('keys', 'float32', ['batch', 'source', 1]);
  const mask = input('mask', 'bool', ['batch', 'source']);
  const { context, weights } = attention.forward(queries, attention.prepare(keys, mask));
  const found = gradients(sum(square(context)), [queries, keys, ...parameters.values()]);
  const named = Object.fromEntries(found.map((x, i) => [`gradient${i}`, x]));

  it.each([1e4, 1e12])(
    'with scores of %d looks at the best real place, whatever padding holds',
    async (size) => {
      const values = Object.fromEntries(
        [...parameters.keys()].map((name) => [
          name,
          { shape: [1, 1], values: [name === 'energy.weight' ? energy(size) : 1] },
        ]),
      );
      const unit = root(size);
      const results = await evaluate(
        { context, weights, ...named },
        {
          ...values,
          queries: { shape: [2, 1, 1], values: [query * unit, query * unit] },
          // Real scores are far below zero, that of padding far above. The second source has nothing real.
          keys: { shape: [2, 3, 1], values: [-2, -1, 3, 3, 2, 1].map((key) => key * unit) },
          mask: { shape: [2, 3], values: [1, 1, 0, 0, 0, 0] },
        },
      );
      expect(results['weights']!.values).toEqual([0, 1, 0, 0, 0, 0]);
      expect(results['context']!.values).toEqual([-unit, 0]);
      for (const [name, result] of Object.entries(results))
        expect(result.values.every(Number.isFinite), name).toBe(true);
    },
  );
});

describe('attention', () => {
  it('names its path and the dims when the sizes of a dot product differ', () => {
    const attention = new DotAttention();
    attention.attach('decoder.attention');
    const mask = input('mask', 'bool', ['batch', 'source']);
    const memory = attention.prepare(input('keys', 'float32', ['batch', 'source', 4]), mask);
    expect(() => attention.forward(input('queries', 'float32', ['batch', 'time', 3]), memory)).toThrow(
      "decoder.attention: attention: dot attention needs equal sizes, got queries float32[batch, time, 3] and keys float32[batch, source, 4]; use 'general'.",
    );
  });
});
