import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { evaluate, testEngine, type Value, type Values } from '../../test/support/evaluate.js';
import { readFixture } from '../../test/support/fixtures.js';
import { checkTenSteps, precisions } from '../../test/support/trainingFixture.js';
import type { HostTensor } from '../engine/engine.js';
import { BatchNorm } from '../nn/layers/batchNorm.js';
import { Conv2d } from '../nn/layers/convolution.js';
import { Linear } from '../nn/layers/linear.js';
import { MaxPool } from '../nn/layers/spatialPooling.js';
import { inTraining } from '../nn/mode.js';
import { Module, Parameter, parametersOf } from '../nn/module.js';
import { zeros } from '../nn/initializers.js';
import { add, relu } from '../ops/elementwise.js';
import { sum } from '../ops/reduce.js';
import { reshape, size } from '../ops/shape.js';
import { crossEntropy } from '../ops/softmax.js';
import { chain } from '../optimizers/transform.js';
import { adam, adamW, clipByGlobalNorm } from '../optimizers/transforms.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { Trainer } from './trainer.js';
import { TrainStep, type TrainingBatch } from './trainStep.js';

/** The model of test/fixtures/convolution.py. */
class Classifier extends Module {
  readonly first = new Conv2d(1, 4, 3, { padding: 1, bias: false });
  readonly firstNorm = new BatchNorm(4);
  readonly second = new Conv2d(4, 6, 3, { padding: 1, bias: false });
  readonly secondNorm = new BatchNorm(6);
  readonly output = new Linear(24, 3);
  private readonly pool = new MaxPool(2);

  logits(x: Tensor): Tensor {
    const first = this.pool.forward(relu(this.firstNorm.forward(this.first.forward(x))));
    const second = this.pool.forward(relu(this.secondNorm.forward(this.second.forward(first))));
    return this.output.forward(reshape(second, ['batch', 24]));
  }

  traceLoss() {
    const logits = this.logits(input('images', 'float32', ['batch', 1, 8, 8]));
    return {
      loss: sum(crossEntropy(logits, input('labels', 'int32', ['batch'])).loss),
      count: size('batch'),
    };
  }
}

const fixture = readFixture('convolution/classifier-float32');
const float = ({ shape, values }: Value): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});
const part = (prefix: string, values: Values = fixture): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
const batch: TrainingBatch = {
  images: float(fixture['images']!),
  labels: { dtype: 'int32', shape: [6], data: Int32Array.from(fixture['labels']!.values) },
};
/** The batch's images from `start` to `end`. */
const slice = (start: number, end: number): TrainingBatch => ({
  images: {
    dtype: 'float32',
    shape: [end - start, 1, 8, 8],
    data: batch['images']!.data.slice(64 * start, 64 * end),
  },
  labels: { dtype: 'int32', shape: [end - start], data: batch['labels']!.data.slice(start, end) },
});
const plain = adam({ learningRate: 1e-3 });
const create = async (options: Partial<Parameters<typeof TrainStep.create>[0]> = {}) => {
  const model = new Classifier();
  const step = await TrainStep.create({
    engine: await testEngine(),
    model,
    optimizer: plain,
    seed: 1,
    ...options,
  });
  const initial = Object.entries(part('initial.')).map(([name, value]) => [name, float(value)] as const);
  step.store.load(Object.fromEntries(initial));
  return step;
};
const running = (step: TrainStep) =>
  Object.fromEntries(Object.entries(step.store.snapshot()).filter(([name]) => name.includes('running')));

describe.each(precisions)('a small convolutional network, as PyTorch, in %s', (precision) => {
  it('over ten steps of Adam, running statistics included', () =>
    checkTenSteps(
      { name: 'convolution/classifier', model: () => new Classifier(), optimizer: plain },
      precision,
    ));

  it('in evaluation, which uses the running statistics', async () => {
    const model = new Classifier();
    parametersOf(model);
    const logits = model.logits(input('images', 'float32', ['batch', 1, 8, 8]));
    const trained = readFixture(`convolution/classifier-${precision}`);
    const values = { ...part('final.', trained), images: trained['images']! };
    const found = await evaluate({ logits }, values, { precision });
    const { logits: wanted } = readFixture(`convolution/classifier-evaluation-${precision}`);
    expectClose(found['logits'], wanted, precision === 'float64' ? 1e-8 : 1e-5, 'logits');
  });
});

describe('running statistics', () => {
  let stepped: Record<string, HostTensor>;
  beforeAll(async () => {
    const step = await create();
    await step.run(batch, 1, 1e-3);
    stepped = running(step);
  });

  it('are no parameters of the optimiser: no count, no gradient, no state, no weight decay, no norm', async () => {
    const step = await create({
      optimizer: chain(clipByGlobalNorm(1), adamW({ learningRate: 1e-3, weightDecay: 0.5 })),
    });
    const trained = [...parametersOf(step.store.model)].filter(([name]) => !name.includes('running'));
    expect(step.store.count).toBe(trained.reduce((total, [, parameter]) => total + parameter.size, 0));
    for (const state of [step.gradients, ...step.slots.values()])
      expect([...state.views.keys()]).toEqual(trained.map(([name]) => name));
    const { gradientNorm } = await step.run(batch, 1, 1e-3);
    expect(running(step)).toEqual(stepped);
    const squares = [...step.gradients.flat].reduce((total, value) => total + (value / 6) ** 2, 0);
    expect(gradientNorm).toBeCloseTo(Math.sqrt(squares), 5);
  });

  it('take in one batch after another where gradients are accumulated', async () => {
    const together = await create();
    await together.run([slice(0, 2), slice(2, 6)], 1, 1e-3);
    const apart = await create();
    await apart.computeGradients(slice(0, 2), 1);
    await apart.computeGradients(slice(2, 6), 1);
    expect(running(together)).toEqual(running(apart));
    expect(running(together)).not.toEqual(stepped);
  });

  it('stay as they were where the step fails', async () => {
    const step = await create();
    const before = running(step);
    const broken = { ...batch, images: { ...batch['images']!, data: new Float32Array(384).fill(NaN) } };
    await expect(step.run([batch, broken], 1, 1e-3)).rejects.toThrow('The loss became NaN');
    expect(running(step)).toEqual(before);
  });

  it('go with the running average of the parameters as they are', async () => {
    const step = await create({ averageDecay: 0.9 });
    await step.run(batch, 1, 1e-3);
    expect([...step.average!.views.keys()]).toEqual([...step.store.values.views.keys()]);
    const average = step.store.snapshot(step.average);
    for (const [name, value] of Object.entries(stepped)) expect(average[name]).toEqual(value);
    expect(average['first.weight']).not.toEqual(step.store.snapshot()['first.weight']);
  });

  it.each([0, 0.9])('repeat themselves in a resumed training, with averageDecay %d', async (averageDecay) => {
    const start = async () => {
      const model = new Classifier();
      return Trainer.create({ engine: await testEngine(), model, optimizer: plain, seed: 1, averageDecay });
    };
    const trainer = await start();
    await trainer.update([slice(0, 2), slice(2, 6)]);
    await trainer.update(batch);
    const saved = trainer.checkpoint();
    await trainer.update(slice(0, 4));
    const resumed = await start();
    resumed.restore(saved);
    await resumed.update(slice(0, 4));
    expect(resumed.checkpoint()).toEqual(trainer.checkpoint());
    expect(saved.parameters['firstNorm.runningMean']).not.toEqual(
      trainer.checkpoint().parameters['firstNorm.runningMean'],
    );
  });
});

it('leaves alone a parameter that is not to be trained and that nothing updates', async () => {
  class Frozen extends Module {
    readonly weight = new Parameter([1], zeros, { trainable: false });
    readonly scale = new Linear(1, 1);
    traceLoss() {
      const x = add(input('x', 'float32', ['batch', 1]), this.weight);
      return { loss: sum(this.scale.forward(x)), count: size('batch') };
    }
  }
  const step = await TrainStep.create({
    engine: await testEngine(),
    model: new Frozen(),
    optimizer: plain,
    seed: 1,
  });
  step.store.values.views.get('weight')!.data[0] = 3;
  await step.run({ x: float({ shape: [2, 1], values: [1, 1] }) }, 1, 1e-3);
  expect(step.store.values.views.get('weight')!.data[0]).toBe(3);
});

it('are of the batch in a training trace even where nobody collects the updates', async () => {
  const norm = new BatchNorm(1);
  parametersOf(norm);
  const y = inTraining(() => norm.forward(input('x', 'float32', ['batch', 1, 1])));
  const one = { shape: [1], values: [1] };
  const { y: found } = await evaluate(
    { y },
    { x: { shape: [2, 1, 1], values: [10, 12] }, weight: one, bias: one },
  );
  expectClose(found, { shape: [2, 1, 1], values: [0, 2] }, 1e-4);
});
