import { describe, expect, it } from 'vitest';
import { MeanPooling } from '../nn/layers/pooling.js';
import { Module } from '../nn/module.js';
import { UserError } from '../tensor/errors.js';
import { Classifier } from './classifier.js';
import { CtcModel } from './ctcModel.js';
import { RecurrentDecoder } from './decoders/recurrentDecoder.js';
import { RecurrentEncoder } from './encoders/recurrentEncoder.js';
import type { Encoder } from './encoders/encoder.js';
import type { FrameEncoder } from './encoders/frameEncoder.js';
import { TextFeatures, type FeatureEncoder } from './featureEncoder.js';
import { LanguageModel, type LanguageModelOptions } from './languageModel.js';
import { Regressor } from './regressor.js';
import { Seq2Seq } from './seq2seq.js';
import { Tagger } from './tagger.js';

const options = { cell: 'gru', vocabularySize: 9, embeddingSize: 4, hiddenSize: 6 } as const;
const encoder = new RecurrentEncoder(options);
const decoder = new RecurrentDecoder({ ...options, attention: 'general' });
const features = new TextFeatures({ encoder, pooling: new MeanPooling() });
class Half extends Module {
  readonly outputSize = 3;
  forward() {
    return undefined;
  }
}

describe('a part of a model', () => {
  it.each<[string, (given: never) => unknown, unknown, string]>([
    [
      'a classifier',
      (given: FeatureEncoder) => new Classifier({ encoder: given, classes: 2 }),
      decoder,
      'Classifier: encoder is a RecurrentDecoder, without features, outputSize; it must be a FeatureEncoder, which makes one vector of an example: TextFeatures (new TextFeatures({ encoder, pooling })),',
    ],
    [
      'a classifier',
      (given: FeatureEncoder) => new Classifier({ encoder: given, classes: 2 }),
      encoder,
      'Classifier: encoder is a RecurrentEncoder, without features; it must be a FeatureEncoder',
    ],
    [
      'a classifier',
      (given: FeatureEncoder) => new Classifier({ encoder: given, classes: 2 }),
      options,
      'Classifier: encoder is an object of the keys cell, vocabularySize, embeddingSize, hiddenSize; it must be',
    ],
    [
      'a regressor',
      (given: FeatureEncoder) => new Regressor({ encoder: given }),
      undefined,
      'Regressor: encoder is missing; it must be',
    ],
    [
      'a tagger',
      (given: Encoder) => new Tagger({ encoder: given, tags: 2 }),
      decoder,
      'Tagger: encoder is a RecurrentDecoder, without outputSize; it must be an Encoder of tokens: a RecurrentEncoder,',
    ],
    [
      'a tagger',
      (given: Encoder) => new Tagger({ encoder: given, tags: 2 }),
      features,
      'Tagger: encoder is a TextFeatures, without forward, maxLength; it must be',
    ],
    [
      'a tagger',
      (given: Encoder) => new Tagger({ encoder: given, tags: 2 }),
      RecurrentEncoder,
      'Tagger: encoder is the class RecurrentEncoder, not an object of it; it must be',
    ],
    [
      'a CTC model',
      (given: Encoder) => new CtcModel({ encoder: given, vocabularySize: 9 }),
      new Half(),
      'CtcModel: encoder is a Half, without maxLength; it must be an Encoder of tokens',
    ],
    [
      'a CTC model',
      (given: FrameEncoder) => new CtcModel({ encoder: given, vocabularySize: 9 }),
      Object.assign(new Half(), { bands: 3 }),
      'CtcModel: encoder is a Half, without stride; it must be a FrameEncoder of recordings: a RecurrentFrameEncoder,',
    ],
    [
      'a CTC model',
      (given: FrameEncoder) => new CtcModel({ encoder: given, vocabularySize: 9 }),
      undefined,
      'CtcModel: encoder is missing; it must be an Encoder of tokens: a RecurrentEncoder, ConvolutionalEncoder, TransformerEncoder or one of your own; or a FrameEncoder of recordings',
    ],
    [
      'a Seq2Seq',
      (given: Encoder) => new Seq2Seq({ encoder: given, decoder }),
      'gru',
      'Seq2Seq: encoder is "gru"; it must be an Encoder of tokens',
    ],
    [
      'a Seq2Seq',
      (given: RecurrentDecoder) => new Seq2Seq({ encoder, decoder: given }),
      encoder,
      'Seq2Seq: decoder is a RecurrentEncoder, without connect, readout, step; it must be a Decoder: a RecurrentDecoder,',
    ],
    [
      'the features of a text',
      (given: Encoder) => new TextFeatures({ encoder: given, pooling: features.pooling }),
      new Map(),
      'TextFeatures: encoder is a Map, which is no Module; it must be',
    ],
    [
      'a language model',
      (given: LanguageModelOptions) => new LanguageModel(given),
      { encoder, vocabularySize: 9 },
      'LanguageModel: layers is undefined; it must be a whole number from 1.',
    ],
  ])('of the wrong kind is refused by %s', (_, make, given, message) => {
    expect(() => make(given as never)).toThrow(UserError);
    expect(() => make(given as never)).toThrow(message);
  });

  it('is taken where it fits', () => {
    expect(new Classifier({ encoder: features, classes: 2 }).encoder).toBe(features);
    expect(new Seq2Seq({ encoder, decoder }).decoder).toBe(decoder);
  });
});
