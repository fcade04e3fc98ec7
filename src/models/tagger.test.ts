import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { packSequences } from '../data/sequences.js';
import { TextExamples } from '../data/textExamples.js';
import { tagLabels } from '../data/tokenLabels.js';
import { tagMetrics } from '../metrics/entities.js';
import { adamW } from '../optimizers/transforms.js';
import { randomKey, randomUniform } from '../tensor/random.js';
import { ParameterStore } from '../train/parameterStore.js';
import { TaggerEvaluator } from '../train/taggerEvaluator.js';
import { Trainer } from '../train/trainer.js';
import { RecurrentEncoder } from './encoders/recurrentEncoder.js';
import { TransformerEncoder } from './encoders/transformerEncoder.js';
import { Tagger } from './tagger.js';

const names = ['O', 'B-X', 'I-X'];

/** Texts whose entities are a 4 with all that follow it up to the next 5 or 6. */
function taggedTexts(count: number, seed: number): TextExamples {
  const texts = Array.from({ length: count }, (_, i) => {
    const key = randomKey(seed, i);
    const length = 1 + Math.floor(randomUniform(key, 0) * 14);
    return Array.from({ length }, (__, t) => 4 + Math.floor(randomUniform(key, t + 1) * 5));
  });
  const tags = texts.map((text) => {
    let inside = false;
    return text.map((id) => {
      if (id === 5 || id === 6) inside = false;
      const tag = inside ? (id === 4 ? 1 : 2) : id === 4 ? 1 : 0;
      inside ||= id === 4;
      return tag;
    });
  });
  const packed = packSequences(texts);
  return new TextExamples(packed, [tagLabels(packed, packSequences(tags))]);
}

const encoders = {
  'an LSTM': () =>
    new RecurrentEncoder({
      cell: 'lstm',
      vocabularySize: 9,
      embeddingSize: 8,
      hiddenSize: 16,
      bidirectional: true,
    }),
  'a Transformer': () => new TransformerEncoder({ vocabularySize: 9, size: 8, heads: 2, layers: 1 }),
};

describe.each(Object.entries(encoders))('a tagger over %s', (_, encoder) => {
  it('says the same of a text in any batch', async () => {
    const engine = await testEngine();
    const model = new Tagger({ encoder: encoder(), tags: 3, labelSmoothing: 0.1 });
    const store = new ParameterStore(engine, model);
    store.initialize(4);
    const texts = packSequences([[4], [5, 6, 7, 8, 4, 4, 5], [6, 6], [8, 7, 4]]);
    const tags = packSequences([[0], [1, 2, -1, 0, 1, 2, 0], [-1, -1], [0, -1, 2]]);
    const data = new TextExamples(texts, [tagLabels(texts, tags)]);
    const evaluator = new TaggerEvaluator(engine, model, store.values.views);
    const together = await evaluator.evaluate(data, 4);
    const pairs = await evaluator.evaluate(data, 3);
    expect(together.loss).toBeCloseTo(pairs.loss, 5);
    expect(together.answers).toEqual(pairs.answers);
    expect(together.answers.map(({ labels }) => [...labels])).toEqual([
      [0],
      [1, 2, -1, 0, 1, 2, 0],
      [-1, -1],
      [0, -1, 2],
    ]);
    const alone = await evaluator.predict(new TextExamples(texts), 1);
    expect(alone).toEqual(together.answers.map(({ predictions }) => predictions));
  });
});

it('a tagger learns where entities begin and end', async () => {
  const engine = await testEngine();
  const model = new Tagger({ encoder: encoders['an LSTM'](), tags: 3, dropout: 0.1 });
  const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 1e-2 }) });
  await trainer.fit(taggedTexts(300, 1), { epochs: 12, batch: { batchTokens: 256 } });
  const evaluator = new TaggerEvaluator(engine, model, trainer.parameters);
  const { answers } = await evaluator.evaluate(taggedTexts(100, 2));
  const spell = (ids: Int32Array) => Array.from(ids, (id) => names[id]!);
  const texts = answers.map(({ labels, predictions }) => ({
    labels: spell(labels),
    predictions: spell(predictions),
  }));
  expect(tagMetrics.entityF1.compute(texts)).toBeGreaterThan(0.95);
});

it('needs a tag for each token, and one at all', async () => {
  const texts = packSequences([[4, 5]]);
  expect(() => tagLabels(texts, packSequences([[1]]))).toThrow('tags: text 1 has 2 tokens, but 1 labels.');
  const engine = await testEngine();
  const model = new Tagger({ encoder: encoders['an LSTM'](), tags: 3 });
  const store = new ParameterStore(engine, model);
  const data = new TextExamples(texts, [tagLabels(texts, packSequences([[-1, -1]]))]);
  const evaluator = new TaggerEvaluator(engine, model, store.values.views);
  await expect(evaluator.evaluate(data)).rejects.toThrow('no token has a tag');
  expect(() => new Tagger({ encoder: encoders['an LSTM'](), tags: 0 })).toThrow('Tagger: tags is 0');
});
