import { describe, expect, it } from 'vitest';
import { Classifier } from '../models/classifier.js';
import { TransformerEncoder } from '../models/encoders/transformerEncoder.js';
import { TextFeatures } from '../models/featureEncoder.js';
import { LanguageModel } from '../models/languageModel.js';
import { MaskedLanguageModel } from '../models/maskedLanguageModel.js';
import { LinearForecaster } from '../models/forecasters/linearForecaster.js';
import { xavierUniform } from '../nn/initializers.js';
import { MeanPooling } from '../nn/layers/pooling.js';
import { parametersOf, type Module } from '../nn/module.js';
import { characterTokenizer } from '../text/tokenizer.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { Vocabulary } from '../text/vocabulary.js';
import { drawWeights, knownEncodings, takeOver, textEmbedding, type Pretrained } from './initialValues.js';

const encoder = (size = 4) => new TransformerEncoder({ vocabularySize: 9, size, layers: 1, heads: 2 });
const masked = () => new MaskedLanguageModel({ encoder: encoder(), vocabularySize: 9 });
const classifier = (size?: number) =>
  new Classifier({
    encoder: new TextFeatures({ encoder: encoder(size), pooling: new MeanPooling() }),
    classes: 3,
  });
const encoding = (letters: string): TextEncoding => ({
  tokenizer: characterTokenizer,
  vocabulary: new Vocabulary([...letters]),
});

/** The first values of a parameter, as a trainer draws them. */
function drawn(model: Module, name: string): Float32Array {
  const parameter = parametersOf(model).get(name)!;
  const values = new Float32Array(parameter.size);
  parameter.initializer(values, 7, parameter.shape);
  return values;
}

/** A trained model whose values count up from 0, over all of its parameters. */
function trained(model: Module): Pretrained {
  let next = 0;
  const values = [...parametersOf(model)].map(([name, { shape, size }]) => {
    const data = Float32Array.from({ length: size }, () => next++);
    return [name, { dtype: 'float32' as const, shape, data }] as const;
  });
  return { path: 'runs/old', model, encodings: {}, values: Object.fromEntries(values) };
}

describe('takeOver', () => {
  it('takes the encoder over into a model of another task', () => {
    const [old, model] = [trained(masked()), classifier()];
    const head = drawn(model, 'output.weight');
    takeOver(model, old, 'encoder');
    const names = [...parametersOf(model).keys()].filter((name) => name.startsWith('encoder.encoder.'));
    expect(names.length).toBeGreaterThan(10);
    for (const name of names)
      expect(drawn(model, name)).toEqual(old.values[name.replace('encoder.encoder.', 'encoder.')]!.data);
    expect(drawn(model, 'output.weight')).toEqual(head);
  });

  it('takes a whole model over', () => {
    const [old, model] = [trained(masked()), masked()];
    takeOver(model, old, 'model');
    for (const name of parametersOf(model).keys()) expect(drawn(model, name)).toEqual(old.values[name]!.data);
  });

  it.each<[string, Module, Module, 'encoder' | 'model']>([
    ['encoder.encoder.input.embedding.weight is [9, 8], there [9, 4]', classifier(8), masked(), 'encoder'],
    [
      'misfits in all). Give model.encoder the keys that it has in the config.yaml',
      classifier(8),
      masked(),
      'encoder',
    ],
    ['encoder.encoder.input.embedding.weight is not there', classifier(), masked(), 'model'],
    ['runs/old has no text encoder', masked(), new LinearForecaster({ window: 2 }), 'encoder'],
  ])('says %s', (message, model, old, part) => {
    expect(() => takeOver(model, trained(old), part)).toThrow(message);
  });
});

describe('knownEncodings', () => {
  const [source, target, text] = ['ab', 'xy', 'cd'].map(encoding);
  const of = (encodings: Pretrained['encodings']): Pretrained => ({ ...trained(masked()), encodings });

  it('are those of what is read, whatever the tasks call it', () => {
    expect(knownEncodings(of({ text }), 'encoder')).toEqual({ source: text, text });
    expect(knownEncodings(of({ source, target }), 'encoder')).toEqual({ source, text: source });
  });

  it('are those of what is written, too, for a whole model', () => {
    expect(knownEncodings(of({ source, target }), 'model').target).toBe(target);
    expect(knownEncodings(of({ text }), 'model').target).toBe(text);
  });

  it('are none of a model that reads no text', () => {
    expect(() => knownEncodings(of({}), 'encoder')).toThrow('the model of runs/old reads no tokens');
  });
});

it('draws all matrices in one way, and leaves vectors alone', () => {
  const model = classifier();
  drawWeights(model, { type: 'xavier-uniform' });
  const expected = new Float32Array(12);
  xavierUniform(expected, 7, [3, 4]);
  expect(drawn(model, 'output.weight')).toEqual(expected);
  expect(drawn(model, 'encoder.encoder.norm.weight')).toEqual(new Float32Array(4).fill(1));
});

it('finds the embedding of what is read', () => {
  const model = classifier();
  parametersOf(model);
  expect(textEmbedding(model).weight.name).toBe('encoder.encoder.input.embedding.weight');
  const language = new LanguageModel({ vocabularySize: 9, size: 4, layers: 1, heads: 2 });
  expect(textEmbedding(language).vocabularySize).toBe(9);
  expect(() => textEmbedding(new LinearForecaster({ window: 2 }))).toThrow('the model reads no text');
});
