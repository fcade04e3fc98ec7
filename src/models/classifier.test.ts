import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { classLabels } from '../data/labels.js';
import { packSequences } from '../data/sequences.js';
import { TensorExamples } from '../data/tensorExamples.js';
import { TextExamples } from '../data/textExamples.js';
import { classificationMetrics } from '../metrics/classification.js';
import { MLP } from '../nn/layers/mlp.js';
import { AttentionPooling, LastPooling, MaxPooling, MeanPooling } from '../nn/layers/pooling.js';
import { adamW } from '../optimizers/transforms.js';
import { randomKey, randomNormal, randomUniform } from '../tensor/random.js';
import { ClassifierEvaluator } from '../train/classifierEvaluator.js';
import { ParameterStore } from '../train/parameterStore.js';
import { Trainer } from '../train/trainer.js';
import { TrainStep } from '../train/trainStep.js';
import { Classifier } from './classifier.js';
import { ImageEncoder } from './encoders/imageEncoder.js';
import { RecurrentEncoder } from './encoders/recurrentEncoder.js';
import { TransformerEncoder } from './encoders/transformerEncoder.js';
import { ImageFeatures, InputFeatures, TextFeatures } from './featureEncoder.js';

const recurrent = () =>
  new RecurrentEncoder({
    cell: 'gru',
    vocabularySize: 9,
    embeddingSize: 8,
    hiddenSize: 12,
    bidirectional: true,
  });
const encoders = {
  'a GRU, the last state': () => new TextFeatures({ encoder: recurrent(), pooling: new LastPooling() }),
  'a GRU, attention pooling': () =>
    new TextFeatures({ encoder: recurrent(), pooling: new AttentionPooling(24) }),
  'a Transformer, the mean': () =>
    new TextFeatures({
      encoder: new TransformerEncoder({ vocabularySize: 9, size: 8, heads: 2, layers: 1 }),
      pooling: new MeanPooling(),
    }),
};

/** Texts of 1 to 12 letters, and whether 4 and 5 stand side by side in it. */
function patternTexts(count: number, seed: number) {
  const texts = Array.from({ length: count }, (_, i) => {
    const key = randomKey(seed, i);
    return Array.from(
      { length: 1 + Math.floor(randomUniform(key, 0) * 12) },
      (__, t) => 4 + Math.floor(randomUniform(key, t + 1) * 4),
    );
  });
  const classes = texts.map((text) => Number(text.some((id, t) => id === 4 && text[t + 1] === 5)));
  return new TextExamples(packSequences(texts), [classLabels(classes)]);
}

describe.each(Object.entries(encoders))('a text classifier over %s', (_, encoder) => {
  it('says the same of a text in any batch, and sums losses over batches', async () => {
    const engine = await testEngine();
    const model = new Classifier({ encoder: encoder(), classes: 3, classWeights: [1, 2, 3] });
    const store = new ParameterStore(engine, model);
    store.initialize(2);
    const texts = packSequences([[4], [5, 6, 7, 8, 4, 4, 5], [6, 6], [8, 7, 4]]);
    const data = new TextExamples(texts, [classLabels([0, 2, -1, 1])]);
    const evaluator = new ClassifierEvaluator(engine, model, store.values.views);
    const together = await evaluator.evaluate(data, 4);
    const alone = await evaluator.evaluate(data, 1);
    expect(together.loss).toBeCloseTo(alone.loss, 5);
    expect(together.confusion).toEqual(alone.confusion);
    expect(together.confusion.flat().reduce((a, b) => a + b)).toBe(3);
    together.answers.forEach(({ probabilities }, i) =>
      probabilities.forEach((p, c) => expect(p).toBeCloseTo(alone.answers[i]!.probabilities[c]!, 5)),
    );
    expect(await evaluator.predict(new TextExamples(texts), 4)).toEqual(together.answers);
  });

  it('has the gradients of a large batch when small ones are summed', async () => {
    const engine = await testEngine();
    const model = new Classifier({
      encoder: encoder(),
      classes: 3,
      classWeights: [1, 2, 3],
      labelSmoothing: 0.1,
    });
    const data = new TextExamples(packSequences([[4], [5, 6, 7, 8, 4, 4, 5], [6, 6], [8, 7, 4]]), [
      classLabels([0, 2, -1, 1]),
    ]);
    const step = await TrainStep.create({ engine, model, optimizer: adamW({ learningRate: 1e-3 }), seed: 1 });
    const whole = await step.computeGradients(data.batch(Int32Array.of(0, 1, 2, 3)), 1);
    const expected = step.gradients.flat.slice();
    const total = new Float32Array(expected.length);
    let count = 0;
    for (const part of [Int32Array.of(0, 2), Int32Array.of(1, 3)]) {
      count += (await step.computeGradients(data.batch(part), 1)).count;
      step.gradients.flat.forEach((value, i) => (total[i]! += value));
    }
    expect(count).toBeCloseTo(whole.count, 5);
    expect(count).toBe(6);
    total.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
  });
});

describe('a text classifier', () => {
  it('learns to find a pattern', async () => {
    const engine = await testEngine();
    const model = new Classifier({
      encoder: new TextFeatures({ encoder: recurrent(), pooling: new MaxPooling() }),
      classes: 2,
      dropout: 0.1,
    });
    const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 1e-2 }) });
    await trainer.fit(patternTexts(400, 1), { epochs: 12, batch: { batchSize: 32 } });
    const evaluator = new ClassifierEvaluator(engine, model, trainer.evaluationParameters);
    const { confusion, loss } = await evaluator.evaluate(patternTexts(200, 2));
    expect(classificationMetrics.macroF1.compute(confusion)).toBeGreaterThan(0.95);
    expect(loss).toBeLessThan(0.2);
  });

  it('cannot be measured without labels', async () => {
    const engine = await testEngine();
    const encoder = new TextFeatures({ encoder: recurrent(), pooling: new MaxPooling() });
    const model = new Classifier({ encoder, classes: 2 });
    const store = new ParameterStore(engine, model);
    const data = new TextExamples(packSequences([[4]]), [classLabels([-1])]);
    const evaluator = new ClassifierEvaluator(engine, model, store.values.views);
    await expect(evaluator.evaluate(data)).rejects.toThrow('no example has a class');
  });
});

describe('a classifier of vectors', () => {
  it('learns exclusive or', async () => {
    const engine = await testEngine();
    const encoder = new InputFeatures({
      input: 'vector',
      shape: [2],
      module: new MLP({ inputSize: 2, hiddenSizes: [16], outputSize: 8, activation: 'tanh' }),
      outputSize: 8,
    });
    const model = new Classifier({ encoder, classes: 2 });
    const values = Float32Array.from({ length: 400 }, (_, i) => 2 * randomUniform(3, i) - 1);
    const classes = Array.from({ length: 200 }, (_, i) => Number(values[2 * i]! * values[2 * i + 1]! > 0));
    const data = new TensorExamples({ input: 'vector', shape: [2], values, labels: [classLabels(classes)] });
    const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 3e-2 }) });
    await trainer.fit(data, { epochs: 60, batch: { batchSize: 50 } });
    const { confusion } = await new ClassifierEvaluator(engine, model, trainer.parameters).evaluate(data);
    expect(classificationMetrics.accuracy.compute(confusion)).toBeGreaterThan(0.95);
  });
});

describe('a classifier of images', () => {
  it('learns whether a bar lies or stands', async () => {
    const engine = await testEngine();
    const images = (count: number, seed: number) => {
      const classes = Array.from({ length: count }, (_, i) => i % 2);
      const values = Float32Array.from({ length: count * 64 }, (_, i) => {
        const [image, place] = [Math.floor(i / 64), i % 64];
        const at = Math.floor(randomUniform(randomKey(seed, image), 0) * 8);
        const onBar = (classes[image] === 0 ? place % 8 : place >> 3) === at;
        return Number(onBar) + 0.3 * randomNormal(seed, i);
      });
      const labels = [classLabels(classes)];
      return new TensorExamples({ input: 'image', shape: [1, 8, 8], values, labels });
    };
    const blocks = [
      { channels: 6, pool: 2 },
      { channels: 8, pool: 2 },
    ];
    const encoder = new ImageEncoder({ channels: 1, height: 8, width: 8, blocks, batchNorm: true });
    const model = new Classifier({ encoder: new ImageFeatures(encoder), classes: 2 });
    const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 1e-2 }) });
    await trainer.fit(images(200, 1), { epochs: 6, batch: { batchSize: 20 } });
    const evaluator = new ClassifierEvaluator(engine, model, trainer.evaluationParameters);
    const { confusion } = await evaluator.evaluate(images(100, 2));
    expect(classificationMetrics.accuracy.compute(confusion)).toBeGreaterThan(0.95);
  });
});
