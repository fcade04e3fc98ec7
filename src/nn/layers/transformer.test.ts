import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { checkFixture, parametersByFixtureName } from '../../../test/support/fixtureCheck.js';
import { evaluate } from '../../../test/support/evaluate.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { gradients } from '../../autodiff/gradients.js';
import { less, not, square } from '../../ops/elementwise.js';
import { sum } from '../../ops/reduce.js';
import { concat, fill, positions, reshape, split } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { input } from '../../tensor/tensor.js';
import { parametersOf } from '../module.js';
import { causalMask } from './causalMask.js';
import { MultiHeadAttention } from './multiHeadAttention.js';
import { FeedForward, TransformerDecoderLayer, TransformerEncoderLayer } from './transformer.js';

const shared = { size: 8, heads: 2, hiddenSize: 12 };

describe.each([
  ['pre', 'relu', 'float64', 1e-8],
  ['post', 'relu', 'float64', 1e-8],
  ['pre', 'relu', 'float32', 1e-5],
  ['post', 'relu', 'float32', 1e-5],
  // ONNX Runtime's CPU has no Erf in float64.
  ['pre', 'gelu', 'float32', 1e-5],
] as const)('blocks that normalise %s, with %s, in %s', (norm, activation, precision, tolerance) => {
  const options = { ...shared, norm, activation };
  const x = input('x', 'float32', ['batch', 'time', 8]);

  it('encode as PyTorch’s, gradients included', async () => {
    const fixture = readFixture(`transformer/encoder-${norm}-${activation}`);
    const layer = new TransformerEncoderLayer(options);
    const variables = { ...parametersByFixtureName(layer, fixture), x };
    const mask = reshape(input('mask', 'bool', ['batch', 'time']), ['batch', 1, 1, 'time']);
    const outputs = { output: layer.forward(x, mask) };
    await checkFixture(
      { fixture, outputs, variables, inputs: { mask: fixture['mask']! } },
      precision,
      tolerance,
    );
  });

  it('decode as PyTorch’s, gradients included', async () => {
    const fixture = readFixture(`transformer/decoder-${norm}-${activation}`);
    const layer = new TransformerDecoderLayer({ ...options, memorySize: 8 });
    const memory = input('memory', 'float32', ['batch', 'source', 8]);
    const variables = { ...parametersByFixtureName(layer, fixture), x, memory };
    const at = positions('time');
    const masks = {
      causal: reshape(not(less(reshape(at, ['time', 1]), reshape(at, [1, 'time']))), [1, 1, 'time', 'time']),
      source: reshape(input('mask', 'bool', ['batch', 'source']), ['batch', 1, 1, 'source']),
    };
    const { output } = layer.forward(x, layer.prepare(memory), masks);
    const inputs = { mask: fixture['mask']! };
    await checkFixture({ fixture, outputs: { output }, variables, inputs }, precision, tolerance);
  });
});

describe('multi-head attention', () => {
  it('gives the bias of its output and finite gradients where nothing may be looked at, also for huge scores', async () => {
    const attention = new MultiHeadAttention({ size: 4, heads: 2 });
    const parameters = parametersOf(attention);
    const x = input('x', 'float32', ['batch', 'time', 4]);
    const mask = reshape(input('mask', 'bool', ['batch', 'time']), ['batch', 1, 1, 'time']);
    const { output, weights } = attention.forward(x, attention.prepare(x), mask);
    const found = gradients(sum(square(output)), [x, ...parameters.values()]);
    const results = await evaluate(
      { output, weights, ...Object.fromEntries(found.map((gradient, i) => [`gradient${i}`, gradient])) },
      {
        ...initialValues(parameters),
        x: { shape: [2, 1, 4], values: [1e4, -1e4, 3, 5, 1e4, 2, -1e4, 0] },
        mask: { shape: [2, 1], values: [0, 1] },
      },
    );
    const bias = initialValues(parameters)['output.bias']!.values;
    expect(Array.from(results['output']!.values).slice(0, 4)).toEqual(Array.from(bias));
    expect(Array.from(results['weights']!.values)).toEqual([0, 0, 1, 1]);
    for (const [name, { values }] of Object.entries(results))
      expect(Array.from(values).every(Number.isFinite), name).toBe(true);
  });

  const single = new MultiHeadAttention({ size: 1, heads: 1 });
  /** Weights of 1 and biases of 0: over one feature scores are products. */
  const plain = Object.fromEntries(
    Array.from(parametersOf(single), ([name, { shape }]) => [
      name,
      { shape: shape as number[], values: [name.endsWith('weight') ? 1 : 0] },
    ]),
  );

  /** Σⱼ softmaxⱼ(xᵢ xⱼ) xⱼ over j ≤ i. */
  function plainCausal(x: readonly number[]): number[] {
    return x.map((query, i) => {
      const seen = x.slice(0, i + 1);
      const highest = Math.max(...seen.map((key) => query * key));
      const weights = seen.map((key) => Math.exp(query * key - highest));
      const total = weights.reduce((a, b) => a + b);
      return seen.reduce((sum, key, j) => sum + (weights[j]! / total) * key, 0);
    });
  }

  it.each([1, 1e2, 1e6])(
    'attends as the formula says, whole and step by step, to features of size %d',
    async (size) => {
      const x = [1, -2, 3, -1].map((value) => value * size);
      const sequence = input('x', 'float32', ['batch', 4, 1]);
      const { output } = single.forward(sequence, single.prepare(sequence), causalMask(4));
      const [gradient] = gradients(sum(square(output)), [sequence]);
      const places = split(sequence, [1, 1, 1, 1], 1);
      const prepared = places.map((place) => single.prepare(place));
      // Two places ahead that nothing has written: their products are the largest.
      const ahead = fill(9 * size, ['batch', 1, 2, 1]);
      const steps = places.map((place, t) => {
        const cached = (part: 'keys' | 'values') =>
          concat([...prepared.slice(0, t).map((each) => each[part]), ahead], 2);
        const mask = reshape(less(positions(t + 2), t), [1, 1, 1, t + 2]);
        return single.step(place, { keys: cached('keys'), values: cached('values'), mask }).output;
      });
      const results = await evaluate(
        { output, stepwise: concat(steps, 1), gradient: gradient! },
        { ...plain, x: { shape: [1, 4, 1], values: x } },
      );
      const expected = { shape: [1, 4, 1], values: plainCausal(x) };
      expectClose(results['output'], expected, 1e-5, 'output');
      expectClose(results['stepwise'], expected, 1e-5, 'steps');
      expect(results['gradient']!.values.every(Number.isFinite)).toBe(true);
    },
  );

  it('looks past padding with the largest scores', async () => {
    const x = input('x', 'float32', ['batch', 'time', 1]);
    const mask = reshape(input('mask', 'bool', ['batch', 'time']), ['batch', 1, 1, 'time']);
    const { output } = single.forward(x, single.prepare(x), mask);
    for (const size of [1e2, 1e6]) {
      const results = await evaluate(
        { output },
        {
          ...plain,
          x: { shape: [1, 3, 1], values: [size, -2 * size, 9 * size] },
          mask: { shape: [1, 3], values: [1, 1, 0] },
        },
      );
      expect(results['output']!.values).toEqual([size, -2 * size, size]);
    }
  });

  it('and feed-forward refuse what cannot be', () => {
    expect(() => new MultiHeadAttention({ size: 6, heads: 4 })).toThrow(
      new UserError('MultiHeadAttention: heads is 4; it must divide size, which is 6.'),
    );
    expect(() => new MultiHeadAttention({ size: 0, heads: 1 })).toThrow('size is 0');
    expect(() => new FeedForward({ size: 4, activation: 'tanh' as 'relu' })).toThrow(
      "activation is 'tanh'; it must be 'relu' or 'gelu'.",
    );
    expect(() => new TransformerEncoderLayer({ ...shared, norm: 'mid' as 'pre' })).toThrow("norm is 'mid'");
  });
});
