import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { opTypes } from '../../test/support/onnxReader.js';
import { gradients } from '../autodiff/gradients.js';
import { toyExamples } from '../data/toy.js';
import { splitExamples } from '../data/splitExamples.js';
import { inTraining } from '../nn/mode.js';
import { exportGraph } from '../onnx/exportGraph.js';
import { RNNCell } from '../nn/layers/cells.js';
import { modulesOf, parametersOf } from '../nn/module.js';
import { TrainStep } from '../train/trainStep.js';
import { buildPairTask, drawExamples } from './pairTask.js';
import { firstDifference } from './differences.js';
import type { PairConfig } from './pairSchema.js';
import { parseConfig } from './parseConfig.js';

const text = `
data: { source: { synthetic: sort, count: 200 }, split: { validation: 0.2, test: 0.1 } }
model: { encoder: { embeddingSize: 4, hiddenSize: 6 }, decoder: { embeddingSize: 5, hiddenSize: 6, attention: dot } }
training: { epochs: 3, batchSize: 16, clipNorm: 1, optimizer: { type: adam, learningRate: 0.01 } }
`;
const parse = (...overrides: string[]) => parseConfig(text, 'sort.yaml', overrides) as PairConfig;
const examples = splitExamples(toyExamples('sort', { count: 200, seed: 1 }), {
  seed: 1,
  validation: 0.2,
  test: 0.1,
});

it('builds data, model, optimiser and the number of steps', () => {
  const task = buildPairTask(parse('training.validation.examples=7'), examples);
  expect(task.train.examples).toHaveLength(examples.train.length);
  expect(task.validation!.examples).toHaveLength(7);
  expect(task.steps).toBe(3 * Math.ceil(examples.train.length / 16));
  expect(task.optimizer.transforms.map(({ kernel }) => kernel?.kind)).toEqual(['clip', 'adam']);
  expect(parametersOf(task.model).get('encoder.embedding.weight')!.shape).toEqual([
    task.encoding.source.vocabulary.size,
    4,
  ]);
  expect(task.schedule.factor(1)).toBe(1);
});

describe('texts that are too long to train on', () => {
  const long = 'data.limits={ maxSourceLength: 3, onTooLong: skip }';
  const lengths = (from: readonly { source: string }[]) => from.map(({ source }) => source.length);
  const most = Math.max(...lengths(examples.test));

  it('are measured all the same', () => {
    const task = buildPairTask(parse(long), examples);
    expect(Math.max(...lengths(task.train.examples))).toBe(3);
    expect(task.train.report.skippedPairs).toBeGreaterThan(0);
    expect(task.test!.examples).toEqual(examples.test);
    expect(task.test!.report.skippedPairs).toBe(0);
  });

  it('are left out where the model has no positions for them', () => {
    const learned = (length: number) => {
      const sizes = `type: transformer, size: 8, heads: 2, layers: 1, positions: learned, maxLength: ${length}`;
      return `model={ encoder: { ${sizes} }, decoder: { ${sizes} } }`;
    };
    const left = buildPairTask(parse(long, learned(most)), examples).test!;
    expect(Math.max(...lengths(left.examples))).toBe(most - 1);
    expect(buildPairTask(parse(long, learned(most + 1)), examples).test!.report.skippedPairs).toBe(0);
  });

  it('stop a training that does not skip them', () => {
    expect(() => buildPairTask(parse('data.limits.maxSourceLength=3'), examples)).toThrow(
      /maxSourceLength 3/,
    );
    const held = { ...examples, train: examples.train.filter(({ source }) => source.length <= 3) };
    expect(() => buildPairTask(parse('data.limits.maxSourceLength=3'), held)).toThrow(/maxSourceLength 3/);
  });
});

it('builds a Transformer', () => {
  const sizes = 'type: transformer, size: 8, heads: 2, layers: 1';
  const { model } = buildPairTask(
    parse(`model={ encoder: { ${sizes} }, decoder: { ${sizes}, norm: post } }`),
    examples,
  );
  const names = [...parametersOf(model).keys()];
  expect(names).toContain('encoder.layers.0.selfAttention.query.weight');
  expect(names).toContain('encoder.norm.weight');
  expect(names).toContain('decoder.layers.0.crossAttention.key.weight');
  expect(names).not.toContain('decoder.norm.weight');
});

it('builds a Transformer with rotary positions, or none', () => {
  const text = (positions: string, heads = 2) => {
    const sizes = `type: transformer, size: 12, heads: ${heads}, layers: 1, positions: ${positions}`;
    return `model={ encoder: { ${sizes} }, decoder: { ${sizes} } }`;
  };
  for (const positions of ['rotary', 'none']) {
    const { model } = buildPairTask(parse(text(positions)), examples);
    expect(model.decoder.maxLength).toBe(Infinity);
  }
  expect(() => parse(text('rotary', 4))).toThrow(
    /model.encoder.size is 12, 3 for each of model.encoder.heads \(4\); rotary positions turn pairs of features/,
  );
});

it('builds a decoder with coverage that learns to read what it writes', () => {
  const { model } = buildPairTask(
    parse(
      'model.decoder={ hiddenSize: 6, attention: additive, coverage: true }',
      'training.coverageLoss=1',
      'training.scheduledSampling={ type: linear, steps: 50 }',
    ),
    examples,
  );
  expect([...parametersOf(model).keys()]).toContain('decoder.attention.coverage.weight');
  const { loss, objective } = inTraining(() => model.traceLoss());
  const masks = exportGraph({ loss, objective }).inputs.flatMap(({ mask }) => (mask ? [mask] : []));
  expect(masks.map(({ site }) => site)).toEqual(['decoder.scheduledSampling']);
  const rate = masks[0]!.rate as (step: number) => number;
  expect([1, 25, 60].map(rate)).toEqual([1 / 50, 0.5, 1].map((each) => expect.closeTo(each, 12) as number));
});

it('builds a convolutional encoder', () => {
  const sizes = 'embeddingSize: 4, channels: 6, layers: 2, kernel: 5, batchNorm: true';
  const decoder = '{ type: transformer, size: 8, heads: 2, layers: 1 }';
  const { model } = buildPairTask(
    parse(`model={ encoder: { type: convolutional, ${sizes} }, decoder: ${decoder} }`),
    examples,
  );
  const parameters = parametersOf(model);
  expect(parameters.get('encoder.blocks.0.first.weight')!.shape).toEqual([6, 4, 5]);
  expect(parameters.get('encoder.blocks.1.secondNorm.runningVariance')!.trainable).toBe(false);
});

it.each([
  ['{ type: convolutional, embeddingSize: 4, channels: 6, layers: 1 }', 6],
  ['{ type: transformer, size: 8, heads: 2, layers: 1 }', 8],
])('builds a recurrent decoder over %s', (encoder, features) => {
  const decoder = '{ cell: lstm, embeddingSize: 4, hiddenSize: 5, layers: 2 }';
  const { model } = buildPairTask(parse(`model={ encoder: ${encoder}, decoder: ${decoder} }`), examples);
  const parameters = parametersOf(model);
  for (const part of ['0.0', '0.1', '1.0', '1.1'])
    expect(parameters.get(`decoder.bridge.layers.${part}.linear.weight`)!.shape).toEqual([5, features]);
});

it('trains a recurrent decoder over a Transformer', async () => {
  const encoder = '{ type: transformer, size: 16, heads: 2, layers: 1 }';
  const decoder = '{ embeddingSize: 8, hiddenSize: 16 }';
  const { model, optimizer, train } = buildPairTask(
    parse(`model={ encoder: ${encoder}, decoder: ${decoder} }`),
    examples,
  );
  const step = await TrainStep.create({ engine: await testEngine(), model, optimizer, seed: 1 });
  const batch = train.batch(Int32Array.from({ length: 16 }, (_, i) => i));
  const losses: number[] = [];
  for (let i = 1; i <= 60; i++) losses.push((await step.run(batch, i, 0.02)).loss);
  expect(losses.at(-1)!).toBeLessThan(0.25 * losses[0]!);
});

it('builds Elman networks of either activation', () => {
  const { model } = buildPairTask(
    parse(
      'model={ encoder: { cell: rnn, activation: relu, hiddenSize: 6 }, decoder: { cell: rnn, hiddenSize: 6 } }',
    ),
    examples,
  );
  const modules = [...modulesOf(model).values()];
  const activations = modules.flatMap((each) => (each instanceof RNNCell ? [each.activation] : []));
  expect(activations).toEqual(['relu', 'tanh']);
});

it('builds a Transformer that computes its blocks twice', () => {
  const softmaxes = (gradientCheckpointing: boolean) => {
    const side = `{ type: transformer, size: 8, heads: 2, layers: 3, gradientCheckpointing: ${gradientCheckpointing} }`;
    const { model } = buildPairTask(parse(`model={ encoder: ${side}, decoder: ${side} }`), examples);
    const [first] = parametersOf(model).values();
    const [gradient] = gradients(model.traceLoss().loss, [first!]);
    return opTypes(exportGraph({ gradient: gradient! }).bytes).filter((op) => op === 'Softmax');
  };
  // Three in the encoder, six in the decoder, one in the loss.
  expect(softmaxes(false)).toHaveLength(9 + 1);
  expect(softmaxes(true)).toHaveLength(2 * 9 + 1);
});

it('builds every optimiser and schedule that can be configured', () => {
  const transforms = (type: string) =>
    buildPairTask(
      parse(`training.optimizer={ type: ${type}, weightDecay: 0.1, learningRate: 0.1 }`),
      examples,
    ).optimizer.transforms.length;
  // Clipping, decay and the scaling; SGD without momentum scales nothing.
  const types = ['adamw', 'adam', 'sgd', 'adagrad', 'rmsprop', 'adafactor', 'lion'];
  expect(types.map(transforms)).toEqual([3, 3, 2, 3, 3, 3, 3]);
  const rates = (schedule: string) => {
    const { schedule: built, steps } = buildPairTask(parse(`training.schedule=${schedule}`), examples);
    return [1, Math.ceil(steps / 2), steps].map((step) => Number(built.factor(step).toFixed(2)));
  };
  expect(rates('{ type: linear, warmupSteps: 2, floor: 0.1 }')).toEqual([0.5, 0.57, 0.1]);
  expect(rates('{ type: step, everySteps: 20, factor: 0.5 }')).toEqual([1, 1, 0.5]);
  expect(rates('{ type: one-cycle, rise: 0.5 }')).toEqual([0.04, 1, 0]);
  expect(buildPairTask(parse('training.clipValue=0.5'), examples).optimizer.transforms).toHaveLength(3);
});

it('takes vocabularies from the training split alone', () => {
  const odd = { source: 'é', references: ['é'], origin: 'test' };
  const { encoding } = buildPairTask(parse(), { ...examples, test: [odd], validation: [] });
  expect(encoding.source.vocabulary.tokens).not.toContain('é');
});

it('has no data set for an empty split', () => {
  const task = buildPairTask(parse(), { ...examples, test: [], validation: [] });
  expect(task.validation).toBeUndefined();
  expect(task.test).toBeUndefined();
});

it('refuses a cosine schedule whose warm-up outlasts the training', () => {
  const config = parse('training.schedule={ type: cosine, warmupSteps: 500 }');
  expect(() => buildPairTask(config, examples)).toThrow(
    /warmupSteps is 500, but training ends after \d+ steps/,
  );
});

it('draws the same examples whatever else is there', () => {
  const few = drawExamples(examples.train, 10);
  expect(few).toHaveLength(10);
  const others = toyExamples('copy', { count: 3, seed: 2 });
  const again = drawExamples([...examples.train, ...others], 10);
  expect(again.filter((example) => few.includes(example)).length).toBeGreaterThanOrEqual(7);
});

it('finds the first key that makes a resumed run another one', () => {
  expect(firstDifference(parse(), parse('training.epochs=9', 'decoding.beam=3'))).toBeUndefined();
  expect(firstDifference(parse(), parse('training.seed=2'))).toEqual({
    key: 'training.seed',
    before: 1,
    after: 2,
  });
});
