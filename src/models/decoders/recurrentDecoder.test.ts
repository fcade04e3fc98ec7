import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { evaluate } from '../../../test/support/evaluate.js';
import { initialValues, modelVariants, TARGET_VOCABULARY } from '../../../test/support/seq2seqCases.js';
import { parametersOf } from '../../nn/module.js';
import { reshape, split } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { input, type Tensor } from '../../tensor/tensor.js';
import { RecurrentEncoder, sourceInputs } from '../encoders/recurrentEncoder.js';
import { Seq2Seq } from '../seq2seq.js';
import { RecurrentDecoder, type RecurrentDecoderOptions } from './recurrentDecoder.js';

const TIME = 3;
const values = {
  source: { shape: [2, 4], values: [3, 1, 4, 2, 6, 5, 0, 0] },
  sourceLengths: { shape: [2], values: [4, 2] },
  target: { shape: [2, TIME], values: [1, 5, 2, 1, 7, 7] },
};

describe.each(Object.entries(modelVariants))('%s', (_, makeModel) => {
  it('gives the same logits and attention step by step as under teacher forcing', async () => {
    const model = makeModel();
    const parameters = parametersOf(model);
    const { decoder } = model;
    const { ids, lengths } = sourceInputs();
    const target = input('target', 'int32', ['batch', TIME]);
    const encoded = model.encoder.forward(ids, lengths);

    const { features, weights } = decoder.forward(target, encoded);
    const forced: Record<string, Tensor> = { logits: decoder.readout(features) };
    if (weights) forced['weights'] = weights;
    const steps: Record<string, Tensor> = {};
    const start = decoder.start(encoded);
    let state = start.state;
    split(target, new Array<number>(TIME).fill(1)).forEach((id, t) => {
      const result = decoder.step(id, state, start.memory);
      state = result.state;
      steps[`logits${t}`] = reshape(result.logits, ['batch', 1, TARGET_VOCABULARY]);
      if (result.weights) steps[`weights${t}`] = result.weights;
    });

    const initial = initialValues(parameters);
    const results = await evaluate({ ...forced, ...steps }, { ...values, ...initial });
    for (const name of Object.keys(forced)) {
      const { shape, values: all } = results[name]!;
      const width = shape[2]!;
      for (let t = 0; t < TIME; t++) {
        const rows = [0, 1].flatMap((b) => all.slice((b * TIME + t) * width, (b * TIME + t + 1) * width));
        expectClose(results[`${name}${t}`], { shape: [2, 1, width], values: rows }, 1e-6, `${name} ${t}`);
      }
    }
  });
});

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
