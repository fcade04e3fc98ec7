import { describe, expect, it } from 'vitest';
import { checkFixture, parametersByFixtureName } from '../../../test/support/fixtureCheck.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { input } from '../../tensor/tensor.js';
import { Embedding } from './embedding.js';

describe('Embedding', () => {
  it.each([
    ['float64', 1e-8],
    ['float32', 1e-5],
  ] as const)('is PyTorch’s in %s, with heavily repeated ids', async (precision, tolerance) => {
    const fixture = readFixture(`embedding/${precision}`);
    const embedding = new Embedding(6, 4);
    const y = embedding.forward(input('ids', 'int32', ['batch', 'time']));
    const variables = parametersByFixtureName(embedding, fixture);
    const inputs = { ids: fixture['ids']! };
    await checkFixture({ fixture, outputs: { y }, variables, inputs }, precision, tolerance);
  });

  it('takes int32 ids', () => {
    const embedding = new Embedding(6, 4);
    embedding.attach('encoder.embedding');
    expect(() => embedding.forward(input('ids', 'float32', ['batch']))).toThrow(
      'encoder.embedding: embedding: ids must be int32, got float32.',
    );
  });
});
