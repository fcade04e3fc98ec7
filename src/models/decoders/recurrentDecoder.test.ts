import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { evaluate } from '../../../test/support/evaluate.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { parametersOf } from '../../nn/module.js';
import { UserError } from '../../tensor/errors.js';
import { input } from '../../tensor/tensor.js';
import { ConvolutionalEncoder } from '../encoders/convolutionalEncoder.js';
import { sourceInputs } from '../encoders/encoder.js';
import { RecurrentEncoder } from '../encoders/recurrentEncoder.js';
import { Seq2Seq } from '../seq2seq.js';
import { RecurrentDecoder, type RecurrentDecoderOptions } from './recurrentDecoder.js';

const options: RecurrentDecoderOptions = {
  cell: 'gru',
  vocabularySize: 8,
  embeddingSize: 4,
  hiddenSize: 5,
};

describe('a decoder', () => {
  it('feeds back an attentional vector only with attention', () => {
    expect(() => new RecurrentDecoder({ ...options, inputFeeding: true })).toThrow(
      'Input feeding feeds the attentional vector back: set an attention.',
    );
  });

  it('takes coverage only into additive attention', () => {
    for (const attention of [undefined, 'general'] as const)
      expect(() => new RecurrentDecoder({ ...options, attention, coverage: true })).toThrow(
        "Coverage enters the score of additive attention: set attention to 'additive'.",
      );
  });

  it.each<[string, object]>([
    ["cell is 'GRU'; it must be 'rnn', 'lstm' or 'gru'.", { cell: 'GRU' }],
    [
      "activation is 'relu', but that of 'gru' is fixed; leave it out, or make the cell 'rnn'.",
      { activation: 'relu' },
    ],
    ['vocabularySize is 0; it must be a whole number from 1.', { vocabularySize: 0 }],
    ['embeddingSize is NaN; it must be a whole number from 1.', { embeddingSize: NaN }],
    ['hiddenSize is -1; it must be a whole number from 1.', { hiddenSize: -1 }],
    ['layers is 1.5; it must be a whole number from 1.', { layers: 1.5 }],
    ['dropout is 1; it must be at least 0 and below 1.', { dropout: 1 }],
  ])('and an encoder refuse: %s', (message, wrong) => {
    expect(() => new RecurrentDecoder({ ...options, ...wrong })).toThrow(
      new UserError(`RecurrentDecoder: ${message}`),
    );
    expect(() => new RecurrentEncoder({ ...options, ...wrong })).toThrow(
      new UserError(`RecurrentEncoder: ${message}`),
    );
  });

  it('knows its attentions', () => {
    const attention = 'luong' as 'general';
    expect(() => new RecurrentDecoder({ ...options, attention })).toThrow(
      new UserError("RecurrentDecoder: attention is 'luong'; it must be 'additive', 'dot' or 'general'."),
    );
  });

  it('needs as many layers and states of the same kind of a recurrent encoder', () => {
    const encoder = new RecurrentEncoder({ ...options, cell: 'lstm' });
    expect(() => new Seq2Seq({ encoder, decoder: new RecurrentDecoder(options) })).toThrow(
      'A decoder of 1 gru layer(s) cannot start from 1 encoder layer(s) of type lstm',
    );
    const shallow = new RecurrentEncoder(options);
    expect(
      () => new Seq2Seq({ encoder: shallow, decoder: new RecurrentDecoder({ ...options, layers: 2 }) }),
    ).toThrow('A decoder of 2 gru layer(s) cannot start from 1 encoder layer(s)');
  });

  it.each([
    ['gru', 1, 4],
    ['lstm', 2, 5],
  ] as const)(
    'of cell %s and %i layer(s) starts from tanh(W · mean + b) of an encoder without states',
    async (cell, layers, hiddenSize) => {
      const encoder = new ConvolutionalEncoder({
        vocabularySize: 8,
        embeddingSize: 3,
        channels: 4,
        layers: 1,
      });
      const decoder = new RecurrentDecoder({ ...options, cell, layers, hiddenSize });
      const parameters = parametersOf(new Seq2Seq({ encoder, decoder }));
      const { ids, lengths } = sourceInputs();
      const encoded = encoder.forward(ids, lengths);
      const { state } = decoder.start(encoded);
      const weights = initialValues(parameters);
      const sizes = [3, 0, 1];
      const results = await evaluate(
        { ...state, output: encoded.output },
        {
          ...weights,
          source: { shape: [3, 3], values: [3, 1, 4, 0, 0, 0, 5, 0, 0] },
          sourceLengths: { shape: [3], values: sizes },
        },
      );
      const means = sizes.map((size, b) =>
        Array.from({ length: 4 }, (_, i) => {
          const column = Array.from(
            { length: size },
            (__, t) => results['output']!.values[(b * 3 + t) * 4 + i]!,
          );
          return column.reduce((a, x) => a + x, 0) / Math.max(1, size);
        }),
      );
      const names = Object.keys(state);
      expect(names).toHaveLength(layers * (cell === 'lstm' ? 2 : 1));
      for (const name of names) {
        const path = `decoder.bridge.layers.${name.replace('state.', '')}.linear`;
        const [weight, bias] = [weights[`${path}.weight`]!.values, weights[`${path}.bias`]!.values];
        const values = means.flatMap((mean) =>
          Array.from(bias, (b, unit) =>
            Math.tanh(mean.reduce((total, x, i) => total + weight[unit * 4 + i]! * x, b)),
          ),
        );
        expectClose(results[name], { shape: [3, hiddenSize], values }, 1e-6, name);
      }
    },
  );

  it('names the layer when the sizes of dot attention differ', () => {
    const encoder = new RecurrentEncoder({ ...options, bidirectional: true });
    const model = new Seq2Seq({ encoder, decoder: new RecurrentDecoder({ ...options, attention: 'dot' }) });
    parametersOf(model);
    const { ids, lengths } = sourceInputs();
    expect(() => {
      model.decoder.forward(input('target', 'int32', ['batch', 'time']), model.encoder.forward(ids, lengths));
    }).toThrow(
      /^decoder\.attention: attention: dot attention needs equal sizes, got .*\[batch, time, 5\].*\[batch, sourceTime, 10\]/,
    );
  });
});
