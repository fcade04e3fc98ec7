import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { evaluate, type Value, type Values } from '../../../test/support/evaluate.js';
import { checkFixture, parametersByFixtureName } from '../../../test/support/fixtureCheck.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { gradients } from '../../autodiff/gradients.js';
import { add, square } from '../../ops/elementwise.js';
import { sum } from '../../ops/reduce.js';
import { input } from '../../tensor/tensor.js';
import { parametersOf } from '../module.js';
import { AttentionPooling, LastPooling, MaxPooling, MeanPooling, type Pooling } from './pooling.js';

const x = input('x', 'float32', ['batch', 'time', 2]);
const mask = input('mask', 'bool', ['batch', 'time']);
/** Lengths 3, 1 and 0; garbage at padding. */
const values: Values = {
  x: { shape: [3, 3, 2], values: [1, -5, 3, -7, 2, -6, 4, 8, 99, 99, 99, 99, 77, 77, 77, 77, 77, 77] },
  mask: { shape: [3, 3], values: [1, 1, 1, 1, 0, 0, 0, 0, 0] },
};

async function pool(
  pooling: Pooling,
  parameters: Values = {},
  feeds = values,
): Promise<{ y: Value; dx: Value }> {
  const y = pooling.forward(x, mask);
  const [dx] = gradients(sum(square(y)), [x]);
  const results = await evaluate({ y, dx: dx! }, { ...feeds, ...parameters });
  return { y: results['y']!, dx: results['dx']! };
}

describe('pooling', () => {
  describe.each([
    ['float64', 1e-8],
    ['float32', 1e-5],
  ] as const)('in %s', (precision, tolerance) => {
    it.each([
      ['last', new LastPooling()],
      ['mean', new MeanPooling()],
      ['max', new MaxPooling()],
      ['attention', new AttentionPooling(5, 4)],
    ] as const)(
      '%s: values and gradients of PyTorch, an empty sequence among them',
      async (name, pooling) => {
        const fixture = readFixture(`pooling/${name}`);
        const sequence = input('x', 'float32', ['batch', 'time', 5]);
        const outputs = { y: pooling.forward(sequence, mask) };
        const variables = { ...parametersByFixtureName(pooling, fixture), x: sequence };
        const inputs = { mask: fixture['mask']! };
        await checkFixture({ fixture, outputs, variables, inputs }, precision, tolerance);
      },
    );
  });

  it.each([
    { name: 'last', pooling: new LastPooling(), expected: [2, -6, 4, 8, 0, 0] },
    { name: 'mean', pooling: new MeanPooling(), expected: [2, -6, 4, 8, 0, 0] },
    { name: 'max', pooling: new MaxPooling(), expected: [3, -5, 4, 8, 0, 0] },
  ])('$name over the real positions', async ({ pooling, expected }) => {
    const { y, dx } = await pool(pooling);
    expect(y.shape).toEqual([3, 2]);
    // Adding 0 turns −0 into 0.
    expect(Array.from(y.values, (value) => value + 0)).toEqual(expected);
    expect(Array.from(dx.values, Math.abs).slice(8)).toEqual(new Array(10).fill(0));
  });

  it.each([1e4, 1e12])('is right for values of size %d, whatever padding holds', async (size) => {
    const attention = new AttentionPooling(1, 1);
    const parameters = parametersOf(attention);
    const poolings = { last: new LastPooling(), mean: new MeanPooling(), max: new MaxPooling(), attention };
    const sequence = input('x', 'float32', ['batch', 'time', 1]);
    const pooled = Object.entries(poolings).map(
      ([name, pooling]) => [name, pooling.forward(sequence, mask)] as const,
    );
    const loss = pooled.map(([, y]) => sum(square(y))).reduce((a, b) => add(a, b));
    const found = gradients(loss, [sequence, ...parameters.values()]);
    const results = await evaluate(
      {
        ...Object.fromEntries(pooled),
        ...Object.fromEntries(found.map((gradient, i) => [`gradient${i}`, gradient])),
      },
      {
        // Attention scores are size · tanh(x ÷ size).
        'hidden.weight': { shape: [1, 1], values: [1 / size] },
        'hidden.bias': { shape: [1], values: [0] },
        'energy.weight': { shape: [1, 1], values: [size] },
        x: { shape: [2, 3, 1], values: [-2, -0.5, 9, 9, 9, 9].map((value) => value * size) },
        mask: { shape: [2, 3], values: [1, 1, 0, 0, 0, 0] },
      },
    );
    const expected = { last: -0.5, mean: -1.25, max: -0.5, attention: -0.5 };
    for (const [name, value] of Object.entries(expected))
      expectClose(results[name], { shape: [2, 1], values: [value * size, 0] }, 1e-6, name);
    for (const [name, result] of Object.entries(results))
      expect(result.values.every(Number.isFinite), name).toBe(true);
  });

  it('attention: a weighted mean, the same under more padding', async () => {
    const pooling = new AttentionPooling(2, 4);
    const parameters = initialValues(parametersOf(pooling));
    const { y, dx } = await pool(pooling, parameters);
    expect(y.values[2]).toBeCloseTo(4, 6);
    expect(y.values[3]).toBeCloseTo(8, 6);
    expect(Array.from(y.values, Math.abs).slice(4)).toEqual([0, 0]);
    expect(y.values[0]).toBeGreaterThan(1);
    expect(y.values[0]).toBeLessThan(3);
    expect(Array.from(dx.values, Math.abs).slice(8)).toEqual(new Array(10).fill(0));
    const alone: Values = {
      x: { shape: [1, 4, 2], values: [1, -5, 3, -7, 2, -6, 50, 50] },
      mask: { shape: [1, 4], values: [1, 1, 1, 0] },
    };
    const padded = await pool(pooling, parameters, alone);
    Array.from(padded.y.values).forEach((value, i) => expect(value).toBeCloseTo(y.values[i]!, 6));
  });
});
