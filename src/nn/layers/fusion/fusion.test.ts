import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../../test/support/closeTo.js';
import { evaluate, type Values } from '../../../../test/support/evaluate.js';
import { checkFixture, parametersByFixtureName } from '../../../../test/support/fixtureCheck.js';
import { readFixture } from '../../../../test/support/fixtures.js';
import { initialValues } from '../../../../test/support/seq2seqCases.js';
import { gradients } from '../../../autodiff/gradients.js';
import { square } from '../../../ops/elementwise.js';
import { sum } from '../../../ops/reduce.js';
import { UserError } from '../../../tensor/errors.js';
import { input } from '../../../tensor/tensor.js';
import { parametersOf } from '../../module.js';
import { createFusion, fusionTypes, type FusionOptions, type FusionType } from './createFusion.js';

const sizes = { size: 6, contextSize: 5 };

function optionsOf(type: FusionType): FusionOptions {
  switch (type) {
    case 'softmax':
    case 'concatenation':
      return { ...sizes, type, outputSize: 7 };
    case 'cross-attention':
      return { ...sizes, type, heads: 2 };
    default:
      return { ...sizes, type };
  }
}

const sequence = input('features', 'float32', ['batch', 'time', 6]);
const vector = input('features', 'float32', ['batch', 6]);
const context = input('context', 'float32', ['batch', 5]);
const contexts = input('context', 'float32', ['batch', 'm', 5]);
const mask = input('mask', 'bool', ['batch', 'm']);

describe.each(fusionTypes)('%s fusion', (type) => {
  it.each([
    ['sequence', 'float64', 1e-8],
    ['vector', 'float64', 1e-8],
    ['sequence', 'float32', 1e-5],
    ['vector', 'float32', 1e-5],
  ] as const)('of a %s: values and gradients of PyTorch in %s', async (kind, precision, tolerance) => {
    const fixture = readFixture(`fusion/${type}-${kind}`);
    const fusion = createFusion(optionsOf(type));
    const features = kind === 'sequence' ? sequence : vector;
    const several = type === 'cross-attention' && kind === 'sequence';
    const values = several ? contexts : context;
    const fused = fusion.forward(features, several ? { values, mask } : { values });
    expect(fused.shape.at(-1)).toBe(fusion.outputSize);
    const variables = { ...parametersByFixtureName(fusion, fixture), features, context: values };
    const inputs = { mask: fixture['mask']! };
    await checkFixture({ fixture, outputs: { fused }, variables, inputs }, precision, tolerance);
  });

  it('is finite for huge features and contexts', async () => {
    const fusion = createFusion(optionsOf(type));
    const parameters = parametersOf(fusion);
    const fused = fusion.forward(sequence, { values: context });
    const found = gradients(sum(fused), [sequence, context, ...parameters.values()]);
    const results = await evaluate(
      { fused, ...Object.fromEntries(found.map((gradient, i) => [`gradient${i}`, gradient])) },
      {
        ...initialValues(parameters),
        features: { shape: [1, 1, 6], values: [1e12, -1e12, 0, 1, 1e12, 3] },
        context: { shape: [1, 5], values: [1e12, -1e12, 0, 1, 1e12] },
      },
    );
    for (const [name, { values }] of Object.entries(results))
      expect(values.every(Number.isFinite), name).toBe(true);
  });
});

describe('cross-attention fusion', () => {
  const fusion = createFusion({ ...sizes, type: 'cross-attention', heads: 3 });
  const parameters = parametersOf(fusion);
  const fused = fusion.forward(sequence, { values: contexts, mask });
  const found = gradients(sum(square(fused)), [sequence, contexts, ...parameters.values()]);
  const features = { shape: [1, 2, 6], values: Array.from({ length: 12 }, (_, i) => i - 5) };
  const run = (more: Values, precision: 'float32' | 'float64' = 'float64') =>
    evaluate(
      { fused, ...Object.fromEntries(found.map((gradient, i) => [`gradient${i}`, gradient])) },
      { ...initialValues(parameters), features, ...more },
      { precision },
    );

  it('leaves features without a context as they are', async () => {
    const results = await run(
      {
        context: { shape: [1, 2, 5], values: Array.from({ length: 10 }, (_, i) => i) },
        mask: { shape: [1, 2], values: [0, 0] },
      },
      'float32',
    );
    expect(results['fused']!.values).toEqual(features.values);
    expect(results['gradient1']!.values.every((value) => value === 0)).toBe(true);
    for (const [name, { values }] of Object.entries(results))
      expect(values.every(Number.isFinite), name).toBe(true);
  });

  it('is the same under more padding of the context', async () => {
    const real = [1, -2, 3, 0.5, 4];
    const short = await run({
      context: { shape: [1, 1, 5], values: real },
      mask: { shape: [1, 1], values: [1] },
    });
    const long = await run({
      context: { shape: [1, 2, 5], values: [...real, 9, 9, 9, 9, 9] },
      mask: { shape: [1, 2], values: [1, 0] },
    });
    expectClose(long['fused'], short['fused'], 1e-12);
    const kept = { shape: [1, 1, 5], values: long['gradient1']!.values.slice(0, 5) };
    expectClose(kept, short['gradient1'], 1e-12);
    expect(long['gradient1']!.values.slice(5).every((value) => value === 0)).toBe(true);
  });
});

describe('what cannot be fused', () => {
  it('names the shapes', () => {
    const gated = createFusion({ ...sizes, type: 'gated' });
    expect(() => gated.forward(sequence, { values: contexts })).toThrow(
      'takes features [batch, ..., D] and a context [batch, K] without a mask, got float32[batch, time, 6] and float32[batch, m, 5]',
    );
    const other = input('other', 'float32', ['rows', 5]);
    expect(() => gated.forward(sequence, { values: other })).toThrow('got float32[batch, time, 6]');
    const attention = createFusion({ ...sizes, type: 'cross-attention', heads: 2 });
    expect(() => attention.forward(sequence, { values: other })).toThrow(
      'a context [batch, K] or [batch, m, K]',
    );
  });

  it('names the option', () => {
    expect(() => createFusion({ ...sizes, type: 'sum' as 'gated' })).toThrow(
      new UserError(
        "createFusion: type is 'sum'; it must be 'softmax', 'gated', 'concatenation', 'film' or 'cross-attention'.",
      ),
    );
    expect(() => createFusion({ type: 'film', size: 0, contextSize: 5 })).toThrow('FilmFusion: size is 0');
    expect(() => createFusion({ ...sizes, type: 'cross-attention', heads: 4 })).toThrow('heads is 4');
  });
});
