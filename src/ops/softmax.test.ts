import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { evaluate } from '../../test/support/evaluate.js';
import { readFixture } from '../../test/support/fixtures.js';
import { gradients } from '../autodiff/gradients.js';
import { input } from '../tensor/tensor.js';
import { sum } from './reduce.js';
import { crossEntropy, logSoftmax, softmax } from './softmax.js';

describe('crossEntropy', () => {
  it.each([
    ['ordinary', 'float64', 1e-8],
    ['large', 'float64', 1e-8],
    ['ordinary', 'float32', 1e-5],
    ['large', 'float32', 1e-5],
  ] as const)('of %s logits is PyTorch’s in %s', async (size, precision, tolerance) => {
    const fixture = readFixture(`cross_entropy/${size}-${precision}`);
    const logits = input('logits', 'float32', ['tokens', 7]);
    const { loss: losses } = crossEntropy(logits, input('labels', 'int32', ['tokens']));
    const loss = sum(losses);
    const [gradient] = gradients(loss, [logits]);
    const outputs = { losses, loss, 'grad.logits': gradient! };
    const results = await evaluate(outputs, fixture, { precision });
    for (const name of Object.keys(outputs)) expectClose(results[name], fixture[name], tolerance, name);
  });

  it('is finite for the largest floats', async () => {
    const logits = input('logits', 'float32', ['tokens', 3]);
    const { loss } = crossEntropy(logits, input('labels', 'int32', ['tokens']));
    const [gradient] = gradients(sum(loss), [logits]);
    const values = [1e38, -1e38, 0, -1e38, -1e38, -1e38];
    const results = await evaluate(
      { loss, gradient: gradient! },
      { logits: { shape: [2, 3], values }, labels: { shape: [2], values: [1, 0] } },
    );
    expectClose(results['loss'], { shape: [2], values: [2e38, Math.log(3)] }, 1e-6);
    const third = 1 / 3;
    expectClose(results['gradient'], { shape: [2, 3], values: [1, -1, 0, third - 1, third, third] }, 1e-6);
  });

  it('names the dims that do not fit', () => {
    const logits = input('logits', 'float32', ['tokens', 7]);
    expect(() => crossEntropy(logits, input('labels', 'int32', ['batch']))).toThrow(
      'crossEntropy: takes logits [tokens, classes] and int32 labels [tokens], got float32[tokens, 7] and int32[batch].',
    );
  });
});

describe('softmax and logSoftmax', () => {
  it('are finite for large values', async () => {
    const x = input('x', 'float32', ['rows', 2]);
    const outputs = { softmax: softmax(x), logSoftmax: logSoftmax(x) };
    const results = await evaluate(outputs, { x: { shape: [1, 2], values: [1e4, -1e4] } });
    expect(results['softmax']!.values).toEqual([1, 0]);
    expect(results['logSoftmax']!.values).toEqual([0, -2e4]);
  });
});
