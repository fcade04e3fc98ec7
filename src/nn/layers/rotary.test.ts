import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { evaluate } from '../../../test/support/evaluate.js';
import { checkFixture, parametersByFixtureName } from '../../../test/support/fixtureCheck.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { cast, less, mul, not } from '../../ops/elementwise.js';
import { matmul } from '../../ops/matmul.js';
import { fill, positions, reshape } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { constant, input } from '../../tensor/tensor.js';
import { MultiHeadAttention } from './multiHeadAttention.js';
import { rotate } from './rotary.js';
import { TransformerDecoderLayer } from './transformer.js';

describe('rotary positions', () => {
  it.each([
    ['float64', 1e-8],
    ['float32', 1e-5],
  ] as const)('attend as PyTorch, gradients included, in %s', async (precision, tolerance) => {
    const fixture = readFixture('rotary/attention');
    const attention = new MultiHeadAttention({ size: 12, heads: 3, rotary: true });
    const x = input('x', 'float32', ['batch', 'time', 12]);
    const variables = { ...parametersByFixtureName(attention, fixture), x };
    const at = positions('time');
    const causal = cast(not(less(reshape(at, ['time', 1]), reshape(at, [1, 'time']))), 'float32');
    const real = cast(reshape(input('mask', 'bool', ['batch', 'time']), ['batch', 1, 1, 'time']), 'float32');
    const mask = cast(mul(real, reshape(causal, [1, 1, 'time', 'time'])), 'bool');
    const outputs = attention.forward(x, attention.prepare(x), mask);
    const inputs = { mask: fixture['mask']! };
    await checkFixture({ fixture, outputs: { ...outputs }, variables, inputs }, precision, tolerance);
  });

  it('make the product of a query and a key depend on their distance alone', async () => {
    const q = input('q', 'float32', [1, 1, 1, 6]);
    const k = input('k', 'float32', [1, 1, 1, 6]);
    const product = (query: number, key: number) =>
      matmul(rotate(q, fill(query, [1, 1], 'int32')), rotate(k, constant([key], 'int32', [1, 1])), {
        transposeB: true,
      });
    const values = {
      q: { shape: [1, 1, 1, 6], values: [1, -2, 0.5, 3, 0.25, -1] },
      k: { shape: [1, 1, 1, 6], values: [0.5, 1, -1, 2, -0.75, 0.1] },
    };
    const found = await evaluate(
      { near: product(5, 2), far: product(905, 902), other: product(5, 3), plain: product(7, 7) },
      values,
      { precision: 'float64' },
    );
    expectClose(found['far'], found['near'], 1e-9);
    const dot = values.q.values.reduce((sum, value, i) => sum + value * values.k.values[i]!, 0);
    expectClose(found['plain'], { shape: [1, 1, 1, 1], values: [dot] }, 1e-9);
    expect(found['other']!.values[0]).not.toBeCloseTo(found['near']!.values[0]!, 2);
  });

  it('need heads of an even size, and leave attention over the source alone', () => {
    expect(() => new MultiHeadAttention({ size: 6, heads: 2, rotary: true })).toThrow(
      new UserError(
        'MultiHeadAttention: rotary positions turn pairs of features, so the size of a head must be even; it is 3 (size 6 ÷ heads 2).',
      ),
    );
    expect(
      () => new TransformerDecoderLayer({ size: 6, heads: 2, memorySize: 6, positions: 'rotary' }),
    ).toThrow('rotary positions turn pairs of features');
    const layer = new TransformerDecoderLayer({ size: 4, heads: 2, memorySize: 4, positions: 'rotary' });
    const { keys } = layer.prepare(input('memory', 'float32', ['batch', 'source', 4]));
    // Split into heads and no more.
    expect(keys.node.op).toBe('transpose');
  });
});
