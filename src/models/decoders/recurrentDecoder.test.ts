import { describe, expect, it } from 'vitest';
import { parametersOf } from '../../nn/module.js';
import { UserError } from '../../tensor/errors.js';
import { input } from '../../tensor/tensor.js';
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

  it('needs an encoder with as many layers and states of the same kind', () => {
    const encoder = new RecurrentEncoder({ ...options, cell: 'lstm' });
    expect(() => new Seq2Seq({ encoder, decoder: new RecurrentDecoder(options) })).toThrow(
      'A decoder of 1 gru layer(s) cannot start from 1 encoder layer(s) of type lstm',
    );
    const shallow = new RecurrentEncoder(options);
    expect(
      () => new Seq2Seq({ encoder: shallow, decoder: new RecurrentDecoder({ ...options, layers: 2 }) }),
    ).toThrow('A decoder of 2 gru layer(s) cannot start from 1 encoder layer(s)');
  });

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
