import { expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { compile } from '../../../test/support/evaluate.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { TransformerEncoder } from '../../models/encoders/transformerEncoder.js';
import { sum } from '../../ops/reduce.js';
import { input } from '../../tensor/tensor.js';
import { UserError } from '../../tensor/errors.js';
import { Module, parametersOf } from '../module.js';
import { Embedding } from './embedding.js';
import { TokenWindow } from './tokenWindow.js';

class Model extends Module {
  readonly embedding: Embedding;
  readonly window = new TokenWindow({ size: 4, window: 3, padding: 0 });

  constructor(vocabularySize: number) {
    super();
    this.embedding = new Embedding(vocabularySize, 4);
  }

  forward() {
    const ids = input('ids', 'int32', ['batch', 'time']);
    return this.window.forward(ids, this.embedding.weight);
  }
}

it.each([7, 300])(
  'is a layer over the embeddings of a token and its neighbours, of %d tokens',
  async (tokens) => {
    const model = new Model(tokens);
    const initial = initialValues(parametersOf(model));
    const run = await compile({ y: model.forward() });
    const { y } = await run({ ids: { shape: [2, 3], values: [4, 5, 6, 3, 0, 0] }, ...initial });
    const [embedding, weight, bias] = ['embedding.weight', 'window.joint.weight', 'window.joint.bias'].map(
      (name) => Array.from(initial[name]!.values),
    ) as [number[], number[], number[]];
    const expected = [
      [0, 4, 5],
      [4, 5, 6],
      [5, 6, 0],
      [0, 3, 0],
      [3, 0, 0],
      [0, 0, 0],
    ].flatMap((ids) => {
      const x = ids.flatMap((id) => embedding.slice(4 * id, 4 * id + 4));
      return bias.map((b, out) =>
        Math.max(
          0,
          x.reduce((total, value, i) => total + value * weight[12 * out + i]!, b),
        ),
      );
    });
    expectClose(y, { shape: [2, 3, 4], values: expected }, 1e-5);
  },
);

it('leaves a text as it is however long the padding, in an encoder', async () => {
  const encoder = new TransformerEncoder({ vocabularySize: 9, size: 8, heads: 2, layers: 1, window: 5 });
  const [ids, lengths] = [input('ids', 'int32', ['batch', 'time']), input('lengths', 'int32', ['batch'])];
  const { output } = encoder.forward(ids, lengths);
  const initial = initialValues(parametersOf(encoder));
  const run = await compile({ output, total: sum(output) });
  const one = { shape: [1], values: [2] };
  const short = await run({ ids: { shape: [1, 2], values: [5, 6] }, lengths: one, ...initial });
  const long = await run({ ids: { shape: [1, 5], values: [5, 6, 0, 0, 0] }, lengths: one, ...initial });
  expectClose(
    { shape: [16], values: long['output']!.values.slice(0, 16) },
    { shape: [16], values: short['output']!.values },
    1e-5,
  );
});

it('is odd, and more than the token', () => {
  expect(() => new TokenWindow({ size: 4, window: 4, padding: 0 })).toThrow(
    new UserError('TokenWindow: window is 4; it must be odd, a token and those around it.'),
  );
  expect(() => new TokenWindow({ size: 4, window: 1, padding: 0 })).toThrow('TokenWindow: window is 1');
});
