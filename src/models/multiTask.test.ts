import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { classLabels, valueLabels } from '../data/labels.js';
import { packSequences } from '../data/sequences.js';
import { TextExamples } from '../data/textExamples.js';
import { tagLabels } from '../data/tokenLabels.js';
import { classificationMetrics } from '../metrics/classification.js';
import { valueMetrics } from '../metrics/values.js';
import { MaxPooling, MeanPooling } from '../nn/layers/pooling.js';
import { adamW } from '../optimizers/transforms.js';
import { randomKey, randomUniform } from '../tensor/random.js';
import { ClassifierEvaluator } from '../train/classifierEvaluator.js';
import { TaggerEvaluator } from '../train/taggerEvaluator.js';
import { Trainer } from '../train/trainer.js';
import { TrainStep } from '../train/trainStep.js';
import { ValueEvaluator } from '../train/valueEvaluator.js';
import { Classifier } from './classifier.js';
import { RecurrentEncoder } from './encoders/recurrentEncoder.js';
import { TransformerEncoder } from './encoders/transformerEncoder.js';
import { TextFeatures } from './featureEncoder.js';
import { MultiTask } from './multiTask.js';
import { Regressor } from './regressor.js';
import { Tagger } from './tagger.js';

const encoders = {
  'a GRU': () =>
    new RecurrentEncoder({
      cell: 'gru',
      vocabularySize: 8,
      embeddingSize: 8,
      hiddenSize: 16,
      bidirectional: true,
    }),
  'a Transformer': () =>
    new TransformerEncoder({ vocabularySize: 8, size: 16, heads: 2, layers: 1, dropout: 0.1 }),
};

/** Four tasks over one encoder: two kinds of classes, tags, and a value. */
function makeModel(encoder: RecurrentEncoder | TransformerEncoder) {
  const pooled = (pooling: MaxPooling | MeanPooling) => new TextFeatures({ encoder, pooling });
  const starts = new Classifier({ encoder: pooled(new MaxPooling()), classes: 2, labels: 'starts' });
  const has = new Classifier({
    encoder: pooled(new MaxPooling()),
    classes: 2,
    labels: 'has',
    labelSmoothing: 0.1,
  });
  const tagger = new Tagger({ encoder, tags: 2 });
  const regressor = new Regressor({ encoder: pooled(new MeanPooling()) });
  const tasks = [
    { model: starts },
    { model: has, weight: 2 },
    { model: tagger, weight: 0.25 },
    { model: regressor, weight: 3 },
  ];
  return { multi: new MultiTask(tasks), starts, has, tagger, regressor };
}

/** Texts, and of each: begins with 4; has a 5; which tokens are a 6 or a 7; the share of these. */
function fourLabels(count: number, seed: number, known: (index: number, task: number) => boolean) {
  const texts = Array.from({ length: count }, (_, i) => {
    const key = randomKey(seed, i);
    const length = 2 + Math.floor(randomUniform(key, 0) * 8);
    return Array.from({ length }, (__, t) => 4 + Math.floor(randomUniform(key, t + 1) * 4));
  });
  const packed = packSequences(texts);
  const label = (task: number, of: (text: number[]) => number, none: number) =>
    texts.map((text, i) => (known(i, task) ? of(text) : none));
  const tags = texts.map((text, i) => text.map((id) => (known(i, 2) ? Number(id > 5) : -1)));
  const share = (text: number[]) => text.filter((id) => id > 5).length / text.length;
  return new TextExamples(packed, [
    classLabels(
      label(0, (text) => Number(text[0] === 4), -1),
      'starts',
    ),
    classLabels(
      label(1, (text) => Number(text.includes(5)), -1),
      'has',
    ),
    tagLabels(packed, packSequences(tags)),
    valueLabels(Float32Array.from(label(3, share, NaN))),
  ]);
}

describe.each(Object.entries(encoders))('tasks over %s', (_, encoder) => {
  it('share its parameters, and have the gradients of a large batch when small ones are summed', async () => {
    const engine = await testEngine();
    const { multi, starts } = makeModel(encoder());
    // Examples with all labels, with two, and with one alone: batches without any label of a task.
    const data = fourLabels(8, 1, (i, task) => i < 2 || (i < 4 ? task % 2 === 0 : task === i % 4));
    const step = await TrainStep.create({
      engine,
      model: multi,
      optimizer: adamW({ learningRate: 1 }),
      seed: 1,
    });
    const names = [...step.store.parameters.keys()];
    expect(new Set(names.map((name) => name.split('.').slice(0, 3).join('.')))).toContain('models.0.encoder');
    expect(names.filter((name) => /embedding\.weight$/.test(name))).toHaveLength(1);
    expect(starts.output.weight.name).toBe('models.0.output.weight');

    const whole = await step.computeGradients(data.batch(Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7)), 1);
    const expected = step.gradients.flat.slice();
    const total = new Float32Array(expected.length);
    let [lossSum, count] = [0, 0];
    for (const part of [[0, 5], [4], [6, 7], [1, 2, 3]]) {
      const result = await step.computeGradients(data.batch(Int32Array.from(part)), 1);
      lossSum += result.lossSum;
      count += result.count;
      step.gradients.flat.forEach((value, i) => (total[i]! += value));
    }
    expect(count).toBeCloseTo(whole.count, 4);
    expect(lossSum).toBeCloseTo(whole.lossSum, 4);
    total.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-5));
  });

  it('learn together, also from examples that have a label of one task alone', async () => {
    const engine = await testEngine();
    const { multi, starts, has, tagger, regressor } = makeModel(encoder());
    const trainer = await Trainer.create({ engine, model: multi, optimizer: adamW({ learningRate: 1e-2 }) });
    await trainer.fit(
      fourLabels(600, 2, (i, task) => i % 4 === task),
      { steps: 250, batch: { batchSize: 32 } },
    );
    const test = fourLabels(100, 3, () => true);
    for (const model of [starts, has]) {
      const { confusion } = await new ClassifierEvaluator(engine, model, trainer.parameters).evaluate(test);
      expect(classificationMetrics.accuracy.compute(confusion), model.labels).toBeGreaterThan(0.9);
    }
    const { answers } = await new TaggerEvaluator(engine, tagger, trainer.parameters).evaluate(test);
    for (const { labels, predictions } of answers) expect(predictions).toEqual(labels);
    const { pairs } = await new ValueEvaluator(engine, regressor, trainer.parameters).evaluate(test);
    expect(valueMetrics.mae.compute(pairs)).toBeLessThan(0.1);
  });
});

it('tasks need a weight above 0, and be one at least', () => {
  const { starts } = makeModel(encoders['a GRU']());
  expect(() => new MultiTask([{ model: starts, weight: 0 }])).toThrow('MultiTask: weight of task 1 is 0');
  expect(() => new MultiTask([])).toThrow('MultiTask: tasks is 0');
});
