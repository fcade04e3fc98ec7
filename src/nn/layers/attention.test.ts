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

  it.each(['full', 'ragged'])('%s, as PyTorch', async (masking) => {
    const fixture = readFixture(`attention/${type}-${masking}`);
    const { attention, queries, keys, context, weights } = traced();
    const variables = { ...parametersByFixtureName(attention, fixture), queries, keys };
    const inputs = { mask: fixture['mask']! };
    await checkFixture({ fixture, outputs: { context, weights }, variables, inputs }, 'float64', 1e-8);
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
