import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { drawTexts, fusionOf, textValues } from '../../test/support/contextCases.js';
import { compile, testEngine, type Values } from '../../test/support/evaluate.js';
import { initialValues } from '../../test/support/seq2seqCases.js';
import { gradients } from '../autodiff/gradients.js';
import { contextTensors, contextTexts } from '../data/contexts.js';
import { classLabels, valueLabels } from '../data/labels.js';
import { packSequences } from '../data/sequences.js';
import { TextExamples } from '../data/textExamples.js';
import { classificationMetrics } from '../metrics/classification.js';
import { valueMetrics } from '../metrics/values.js';
import { fusionTypes, type FusionType } from '../nn/layers/fusion/createFusion.js';
import { AttentionPooling, MaxPooling, MeanPooling } from '../nn/layers/pooling.js';
import { parametersOf } from '../nn/module.js';
import { adamW } from '../optimizers/transforms.js';
import { randomUniform } from '../tensor/random.js';
import { ClassifierEvaluator } from '../train/classifierEvaluator.js';
import { ParameterStore } from '../train/parameterStore.js';
import { Trainer } from '../train/trainer.js';
import { TrainStep } from '../train/trainStep.js';
import { ValueEvaluator } from '../train/valueEvaluator.js';
import { Classifier } from './classifier.js';
import { PlaceFeatures, TokenFeatures, type ContextEncoder } from './contextEncoder.js';
import { ImageEncoder } from './encoders/imageEncoder.js';
import { RecurrentEncoder } from './encoders/recurrentEncoder.js';
import { TransformerEncoder } from './encoders/transformerEncoder.js';
import { ImageFeatures, InputFeatures, TextFeatures } from './featureEncoder.js';
import { FusedFeatures } from './fusedFeatures.js';
import { MultiTask } from './multiTask.js';
import { Regressor } from './regressor.js';
import { HiddenLayers } from './vectorEncoders.js';

const gru = (dropout = 0) =>
  new RecurrentEncoder({
    cell: 'gru',
    vocabularySize: 9,
    embeddingSize: 6,
    hiddenSize: 4,
    bidirectional: true,
    dropout,
  });
const transformer = (size: number, dropout = 0) =>
  new TransformerEncoder({ vocabularySize: 9, size, heads: 2, layers: 1, dropout });

/** A text read by a GRU, its context by a Transformer. */
function fusedTexts(type: FusionType, dropout = 0) {
  const encoder = new TextFeatures({ encoder: gru(dropout), pooling: new AttentionPooling(8) });
  const reader = transformer(6, dropout);
  const context =
    type === 'cross-attention'
      ? new TokenFeatures({ encoder: reader })
      : new TextFeatures({ encoder: reader, pooling: new MeanPooling(), input: 'context' });
  return new FusedFeatures({ encoder, context, fusion: fusionOf(type, 8, 6) });
}

const examples = [
  { text: [4], context: [5, 6, 7], label: 0 },
  { text: [5, 6, 7, 8, 4], context: [4], label: 2 },
  { text: [6, 6], context: [8, 7, 4, 4, 6], label: 1 },
];
const valuesOf = (part: typeof examples, padding = 0, contextPadding = 0): Values => ({
  ...textValues(
    'source',
    part.map(({ text }) => text),
    padding,
  ),
  ...textValues(
    'context',
    part.map(({ context }) => context),
    contextPadding,
  ),
  classes: { shape: [part.length], values: part.map(({ label }) => label) },
});

/** Loss, probabilities and all gradients of a classifier. */
async function build(model: Classifier) {
  const parameters = parametersOf(model);
  const { loss, probabilities } = model.score();
  const found = gradients(loss, [...parameters.values()]);
  const named = Object.fromEntries(
    [...parameters.keys()].map((name, i) => [`gradient of ${name}`, found[i]!]),
  );
  const run = await compile({ loss, probabilities, ...named });
  const initial = initialValues(parameters);
  return (values: Values) => run({ ...values, ...initial });
}

describe.each(fusionTypes)('a text and its context under %s fusion', (type) => {
  it('say the same however long the padding of either', async () => {
    const run = await build(new Classifier({ encoder: fusedTexts(type), classes: 3 }));
    const plain = await run(valuesOf(examples));
    expect(plain['loss']!.values[0]).toBeGreaterThan(1);
    for (const [padding, contextPadding] of [
      [3, 0],
      [0, 4],
      [2, 7],
    ] as const) {
      const padded = await run(valuesOf(examples, padding, contextPadding));
      for (const name of Object.keys(plain)) expectClose(padded[name], plain[name], 1e-6, name);
    }
  });

  it('say the same alone as among others', async () => {
    const run = await build(new Classifier({ encoder: fusedTexts(type), classes: 3 }));
    const together = await run(valuesOf(examples));
    const alone = await Promise.all(examples.map((example) => run(valuesOf([example]))));
    for (const [name, { shape, values }] of Object.entries(together)) {
      const found =
        name === 'probabilities'
          ? alone.flatMap((each) => each[name]!.values)
          : values.map((_, i) => alone.reduce((sum, each) => sum + each[name]!.values[i]!, 0));
      expectClose({ shape, values: found }, { shape, values }, 1e-5, name);
    }
  });

  it('have the gradients of a large batch when small ones are summed, under the same dropout', async () => {
    const engine = await testEngine();
    const model = new Classifier({ encoder: fusedTexts(type, 0.3), classes: 3 });
    const optimizer = adamW({ learningRate: 1e-3 });
    const step = await TrainStep.create({ engine, model, optimizer, seed: 1 });
    const data = new TextExamples(packSequences(examples.map(({ text }) => text)), [
      classLabels(examples.map(({ label }) => label)),
      contextTexts(packSequences(examples.map(({ context }) => context))),
    ]);
    await step.computeGradients(data.batch(Int32Array.of(0, 1, 2)), 1);
    const expected = step.gradients.flat.slice();
    const total = new Float32Array(expected.length);
    for (const part of [[1], [0, 2]]) {
      await step.computeGradients(data.batch(Int32Array.from(part)), 1);
      step.gradients.flat.forEach((value, i) => (total[i]! += value));
    }
    total.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
  });

  it('stay finite where the context is empty', async () => {
    const run = await build(new Classifier({ encoder: fusedTexts(type), classes: 3 }));
    const results = await run(valuesOf([{ text: [5, 6], context: [], label: 1 }], 0, 2));
    for (const [name, { values }] of Object.entries(results))
      expect(values.every(Number.isFinite), name).toBe(true);
  });

  it('learn what only both together say', async () => {
    const engine = await testEngine();
    const model = new Classifier({ encoder: fusedTexts(type), classes: 2 });
    const either = (count: number, seed: number) => {
      const [texts, contexts] = [drawTexts(count, seed), drawTexts(count, seed + 100)];
      const classes = texts.map((text, i) => Number(text.includes(4) !== contexts[i]!.includes(4)));
      return new TextExamples(packSequences(texts), [
        classLabels(classes),
        contextTexts(packSequences(contexts)),
      ]);
    };
    const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 2e-2 }) });
    await trainer.fit(either(400, 1), { epochs: 25, batch: { batchSize: 32 } });
    const evaluator = new ClassifierEvaluator(engine, model, trainer.parameters);
    const { confusion } = await evaluator.evaluate(either(200, 2));
    expect(classificationMetrics.accuracy.compute(confusion)).toBeGreaterThan(0.9);
  });
});

it('a regressor learns a product of what a text and a vector say', async () => {
  const engine = await testEngine();
  const module = new HiddenLayers({ inputSize: 1, hiddenSizes: [8], activation: 'tanh' });
  const encoder = new FusedFeatures({
    encoder: new TextFeatures({ encoder: transformer(8), pooling: new MeanPooling() }),
    context: new InputFeatures({ input: 'vector', shape: [1], module, outputSize: 8 }),
    fusion: fusionOf('film', 8, 8),
  });
  const model = new Regressor({ encoder });
  const texts = drawTexts(400, 5);
  const vectors = Float32Array.from(texts, (_, i) => 2 * randomUniform(6, i) - 1);
  const values = vectors.map(
    (x, i) => (4 * x * texts[i]!.filter((id) => id === 4).length) / texts[i]!.length,
  );
  const part = (from: number, to: number) =>
    new TextExamples(packSequences(texts.slice(from, to)), [
      valueLabels(values.slice(from, to)),
      contextTensors({ input: 'vector', shape: [1], values: vectors.slice(from, to) }),
    ]);
  const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 1e-2 }) });
  await trainer.fit(part(0, 300), { epochs: 25, batch: { batchSize: 20 } });
  const evaluator = new ValueEvaluator(engine, model, trainer.parameters);
  const { pairs } = await evaluator.evaluate(part(300, 400));
  // Of either alone nothing can be said: the best guess is about 0, the mean of the sizes some 0.5.
  expect(valueMetrics.mae.compute(pairs)).toBeLessThan(0.15);
});

describe('an image may be the context', () => {
  const reader = () =>
    new ImageEncoder({ channels: 1, height: 4, width: 4, blocks: [{ channels: 3, pool: 2 }] });
  const answers = async (context: ContextEncoder, type: FusionType, pixels: Float32Array, batch = 3) => {
    const engine = await testEngine();
    const text = new TextFeatures({ encoder: gru(), pooling: new MeanPooling() });
    const fusion = fusionOf(type, 8, context.outputSize);
    const encoder = new FusedFeatures({ encoder: text, context, fusion });
    const model = new Classifier({ encoder, classes: 3 });
    const store = new ParameterStore(engine, model);
    store.initialize(1);
    const data = new TextExamples(packSequences(examples.map(({ text }) => text)), [
      contextTensors({ input: 'image', shape: [1, 4, 4], values: pixels }),
    ]);
    const evaluator = new ClassifierEvaluator(engine, model, store.values.views);
    return (await evaluator.predict(data, batch)).flatMap(({ probabilities }) => [...probabilities]);
  };
  const drawn = Float32Array.from({ length: 3 * 16 }, (_, i) => randomUniform(7, i));

  it.each<[string, () => ContextEncoder, FusionType]>([
    ['one vector', () => new ImageFeatures(reader()), 'gated'],
    ['its places', () => new PlaceFeatures(reader()), 'cross-attention'],
  ])('as %s: the same answers in any batch', async (_, context, type) => {
    const together = await answers(context(), type, drawn);
    const alone = await answers(context(), type, drawn, 1);
    expectClose({ shape: [9], values: alone }, { shape: [9], values: together }, 1e-6);
  });

  it('of which every place is looked at', async () => {
    const plain = await answers(new PlaceFeatures(reader()), 'cross-attention', drawn);
    for (const [y, x] of [
      [0, 0],
      [0, 2],
      [2, 0],
      [2, 2],
    ] as const) {
      const changed = drawn.slice();
      for (let example = 0; example < 3; example++) changed[16 * example + 4 * y + x]! += 2;
      const others = await answers(new PlaceFeatures(reader()), 'cross-attention', changed);
      const most = Math.max(...others.map((p, i) => Math.abs(p - plain[i]!)));
      expect(most, `${y}, ${x}`).toBeGreaterThan(1e-4);
    }
  });

  it('as its places only for cross-attention', async () => {
    await expect(answers(new PlaceFeatures(reader()), 'film', drawn)).rejects.toThrow(
      /cross-attention takes several vectors per example/,
    );
  });
});

describe('one encoder for the text and its context', () => {
  const siamese = () => {
    const encoder = gru();
    return new FusedFeatures({
      encoder: new TextFeatures({ encoder, pooling: new MaxPooling() }),
      context: new TextFeatures({ encoder, pooling: new MaxPooling(), input: 'context' }),
      fusion: fusionOf('gated', 8, 8),
    });
  };

  it('is one set of parameters, and reads both', async () => {
    const model = new Classifier({ encoder: siamese(), classes: 3 });
    const names = [...parametersOf(model).keys()];
    expect(names.filter((name) => name.endsWith('embedding.weight'))).toHaveLength(1);
    const run = await build(model);
    const plain = await run(valuesOf(examples));
    const others = examples.map((example) => ({ ...example, context: [8] }));
    const changed = await run(valuesOf(others));
    expect(changed['loss']!.values[0]).not.toBeCloseTo(plain['loss']!.values[0]!, 3);
  });

  it('is traced once for each of them where several heads read it', async () => {
    const encoder = siamese();
    const heads = ['classes', 'others'].map((labels) => new Classifier({ encoder, classes: 3, labels }));
    const multi = new MultiTask(heads.map((model) => ({ model })));
    const initial = initialValues(parametersOf(multi));
    const values = valuesOf(examples);
    const all = { ...values, ...initial, others: values['classes']! };
    const losses = await Promise.all(
      [multi, ...heads].map(async (model) => {
        const run = await compile({ loss: model.traceLoss().loss });
        return (await run(all))['loss']!.values[0]!;
      }),
    );
    expect(losses[0]).toBeCloseTo(losses[1]! + losses[2]!, 5);
  });
});

it('only cross-attention takes the tokens of a context', () => {
  const features = new FusedFeatures({
    encoder: new TextFeatures({ encoder: gru(), pooling: new MeanPooling() }),
    context: new TokenFeatures({ encoder: transformer(6) }),
    fusion: fusionOf('film', 8, 6),
  });
  parametersOf(features);
  expect(() => features.features()).toThrow(/^fusion: .*cross-attention takes several vectors per example/);
});
