import { expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { valueLabels } from '../data/labels.js';
import { packSequences } from '../data/sequences.js';
import { StandardScaler } from '../data/standardScaler.js';
import { TextExamples } from '../data/textExamples.js';
import { valueMetrics } from '../metrics/values.js';
import { MeanPooling } from '../nn/layers/pooling.js';
import { adamW } from '../optimizers/transforms.js';
import { randomKey, randomUniform } from '../tensor/random.js';
import { ParameterStore } from '../train/parameterStore.js';
import { Trainer } from '../train/trainer.js';
import { ValueEvaluator } from '../train/valueEvaluator.js';
import { TransformerEncoder } from './encoders/transformerEncoder.js';
import { TextFeatures } from './featureEncoder.js';
import { Regressor } from './regressor.js';

const encoder = () =>
  new TextFeatures({
    encoder: new TransformerEncoder({ vocabularySize: 8, size: 8, heads: 2, layers: 1 }),
    pooling: new MeanPooling(),
  });

it('a regressor says the same of a text in any batch, and leaves unknown values out', async () => {
  const engine = await testEngine();
  const model = new Regressor({ encoder: encoder(), values: 2, loss: 'huber' });
  const store = new ParameterStore(engine, model);
  store.initialize(3);
  const texts = packSequences([[4], [5, 6, 7, 4, 4, 5], [6, 6]]);
  const data = new TextExamples(texts, [valueLabels(Float32Array.of(1, NaN, 2, 3, NaN, 4), 2)]);
  const evaluator = new ValueEvaluator(engine, model, store.values.views);
  const together = await evaluator.evaluate(data, 3);
  const alone = await evaluator.evaluate(data, 1);
  expect(together.loss).toBeCloseTo(alone.loss, 5);
  const answers = await evaluator.predict(new TextExamples(texts), 2);
  answers
    .flatMap((row) => [...row])
    .forEach((y, i) => expect(y).toBeCloseTo(together.pairs.predictions[i]!, 5));
  expect(valueMetrics.mae.compute(together.pairs)).toBeCloseTo(valueMetrics.mae.compute(alone.pairs), 5);
  const unknown = new TextExamples(texts, [valueLabels(new Float32Array(6).fill(NaN), 2)]);
  await expect(evaluator.evaluate(unknown)).rejects.toThrow('no value is known');
  expect(() => valueLabels(Float32Array.of(1, 2, 3), 2)).toThrow('3 values do not make up examples of 2');
});

it('a regressor learns the share of a letter, in the unit of the data', async () => {
  const engine = await testEngine();
  const texts = Array.from({ length: 200 }, (_, i) => {
    const key = randomKey(6, i);
    const length = 2 + Math.floor(randomUniform(key, 0) * 8);
    return Array.from({ length }, (__, t) => 4 + Math.floor(randomUniform(key, t + 1) * 3));
  });
  const shares = texts.map((text) => 500 + (100 * text.filter((id) => id === 4).length) / text.length);
  const scaler = StandardScaler.fit(shares);
  const data = new TextExamples(packSequences(texts), [valueLabels(scaler.transform(shares))]);
  const model = new Regressor({ encoder: encoder() });
  const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 1e-2 }) });
  await trainer.fit(data, { epochs: 15, batch: { batchSize: 20 } });
  const evaluator = new ValueEvaluator(engine, model, trainer.parameters, scaler);
  const { pairs } = await evaluator.evaluate(data);
  expect(pairs.targets[0]).toBeCloseTo(shares[0]!, 3);
  expect(valueMetrics.mae.compute(pairs)).toBeLessThan(5);
});
