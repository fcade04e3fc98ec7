import { describe, expect, it } from 'vitest';
import { testEngine, type Value } from '../../test/support/evaluate.js';
import { readFixture } from '../../test/support/fixtures.js';
import { seq2seqName } from '../../test/support/pytorchNames.js';
import { fixtureModels, fixturePairs, smallSeq2Seq, seq2seqValues } from '../../test/support/seq2seqCases.js';
import { checkTenSteps, precisions } from '../../test/support/trainingFixture.js';
import type { HostTensor } from '../engine/engine.js';
import { InputFeatures } from '../models/featureEncoder.js';
import { Regressor } from '../models/regressor.js';
import { Dropout } from '../nn/layers/dropout.js';
import { Linear } from '../nn/layers/linear.js';
import { Module } from '../nn/module.js';
import { square } from '../ops/elementwise.js';
import { sum } from '../ops/reduce.js';
import { size } from '../ops/shape.js';
import { chain } from '../optimizers/transform.js';
import { adam, clipByGlobalNorm } from '../optimizers/transforms.js';
import { UserError } from '../tensor/errors.js';
import { input } from '../tensor/tensor.js';
import { DivergedError } from './divergedError.js';
import { TrainStep, type TrainingBatch } from './trainStep.js';

const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate: 1e-3 }));

/** The batch of a fixture as a trainer takes it. */
function trainingBatch(fixture: Record<string, Value>): TrainingBatch {
  const pairs = fixturePairs(fixture);
  const tensor = ({ shape, values }: Value): HostTensor => ({
    dtype: 'int32',
    shape,
    data: Int32Array.from(values),
  });
  const inputs = Object.entries(seq2seqValues(pairs)).map(([name, value]) => [name, tensor(value)] as const);
  const exampleIndex: HostTensor = {
    dtype: 'int32',
    shape: [pairs.length],
    data: Int32Array.from(pairs, (_, i) => i),
  };
  return { ...Object.fromEntries(inputs), exampleIndex };
}

describe.each(Object.entries(fixtureModels))('%s', (name, model) => {
  it.each(precisions)('ten steps of Adam with clipping, as PyTorch, in %s', (precision) =>
    checkTenSteps(
      {
        name: `seq2seq/${name}`,
        model,
        optimizer,
        batch: (fixture) => seq2seqValues(fixturePairs(fixture)),
        parameterName: seq2seqName,
      },
      precision,
    ),
  );
});

it('dropout between the layers acts with input feeding too, and repeats itself', async () => {
  const engine = await testEngine();
  const batch = trainingBatch(readFixture('seq2seq/lstm-general-float32'));
  const run = async (step: number) => {
    const layers = { layers: 2, hiddenSize: 5, dropout: 0.5 };
    const model = smallSeq2Seq({ cell: 'lstm', ...layers, attention: 'general', inputFeeding: true });
    const trainStep = await TrainStep.create({ engine, model, optimizer, seed: 3 });
    return (await trainStep.computeGradients(batch, step)).lossSum;
  };
  expect(await run(1)).toBe(await run(1));
  expect(await run(1)).not.toBe(await run(2));
});

/** Σ (linear(dropout(x)))² over x [batch, 2]. */
class Squares extends Module {
  private readonly linear = new Linear(2, 1);
  private readonly dropout: Dropout;
  constructor(rate: number) {
    super();
    this.dropout = new Dropout(rate);
  }
  traceLoss() {
    const x = input('x', 'float32', ['batch', 2]);
    return { loss: sum(square(this.linear.forward(this.dropout.forward(x)))), count: size('batch') };
  }
}

const squaresStep = async (rate: number) =>
  TrainStep.create({ engine: await testEngine(), model: new Squares(rate), optimizer, seed: 1 });
const float = (...shape: number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b)).fill(1),
});
const x = float(3, 2);

it('needs no exampleIndex for a model without dropout, and lets pass what the model does not read', async () => {
  const step = await squaresStep(0);
  const alone = await step.computeGradients({ x }, 1);
  expect(alone.count).toBe(3);
  expect(await step.computeGradients({ x, labels: float(7) }, 1)).toEqual(alone);
});

it('says what exampleIndex is for where a model has dropout and it is missing or of another form', async () => {
  const step = await squaresStep(0.5);
  const message = (given: string) =>
    new UserError(
      `The model draws random masks (dropout, scheduled sampling), so each batch needs 'exampleIndex' (int32 [3]): which example of the data each row is, so that an example has the same masks in whatever batch it comes. Here it ${given}.`,
    );
  const index = (...values: number[]): HostTensor => ({
    dtype: 'int32',
    shape: [values.length],
    data: Int32Array.from(values),
  });
  await expect(step.run({ x }, 1, 0.1)).rejects.toThrow(message('is missing'));
  await expect(step.run({ x, exampleIndex: float(3) }, 1, 0.1)).rejects.toThrow(message('is float32 [3]'));
  await expect(step.run({ x, exampleIndex: index(1, 2) }, 1, 0.1)).rejects.toThrow(message('is int32 [2]'));
  expect((await step.run({ x, exampleIndex: index(0, 1, 2) }, 1, 0.1)).count).toBe(3);
});

it('refuses a model without parameters, and a batch without anything to count', async () => {
  class Nothing extends Module {
    traceLoss() {
      return { loss: sum(input('x', 'float32', ['batch', 2])), count: size('batch') };
    }
  }
  const create = TrainStep.create({ engine: await testEngine(), model: new Nothing(), optimizer, seed: 1 });
  await expect(create).rejects.toThrow('Nothing has nothing to train: no parameter was found');
  const step = await squaresStep(0);
  const before = step.store.snapshot();
  await expect(step.run({ x: float(0, 2) }, 1, 0.1)).rejects.toThrow('nothing that the loss counts');
  expect(step.store.snapshot()).toEqual(before);
});

describe('a loss that is not finite', () => {
  /** Of values that are known: NaN among them counts nothing. */
  const regressor = async () =>
    TrainStep.create({
      engine: await testEngine(),
      model: new Regressor({
        encoder: new InputFeatures({ input: 'vector', shape: [2], module: new Linear(2, 3), outputSize: 3 }),
      }),
      optimizer,
      seed: 1,
    });
  const batchOf = (vector: number[], values: number[]) => ({
    vector: { dtype: 'float32' as const, shape: [3, 2], data: Float32Array.from(vector) },
    values: { dtype: 'float32' as const, shape: [3, 1], data: Float32Array.from(values) },
    exampleIndex: { dtype: 'int32' as const, shape: [3], data: Int32Array.of(7, 17, 3) },
  });
  const fine = batchOf([1, 2, 3, 4, 5, 6], [NaN, 1, 2]);

  it('names the value in the data that makes it so', async () => {
    const step = await regressor();
    const before = step.store.snapshot();
    const why = (loss: string, rest: string) =>
      new UserError(
        `The loss became ${loss} at step 4, because the input ${rest}. Give the data finite numbers: leave such examples out, or fill in what is missing.`,
      );
    await expect(step.run(batchOf([1, 2, 3, NaN, 5, NaN], [NaN, 1, 2]), 4, 0.1)).rejects.toThrow(
      why('NaN', "'vector' has NaN at [1, 1] of the batch (exampleIndex 17)"),
    );
    const { vector, values } = batchOf([1, 2, 3, 4, 5, 6], [NaN, 1, -Infinity]);
    await expect(step.run([fine, { vector, values }], 4, 0.1)).rejects.toThrow(
      why('Infinity', "'values' has -Infinity at [2, 0] of the batch"),
    );
    expect(step.store.snapshot()).toEqual(before);
    expect((await step.run(fine, 4, 0.1)).count).toBe(2);
  });

  it('is the fault of the training otherwise, also where unknown values are NaN', async () => {
    const step = await regressor();
    const huge = batchOf([1e30, 2, 3, 4, 5, 6], [1, NaN, 2]);
    await expect(step.run(huge, 4, 0.1)).rejects.toThrow(new DivergedError(Infinity, 4));
  });
});

it('names the input that a batch lacks', async () => {
  const step = await squaresStep(0.5);
  await expect(step.run({ X: x }, 1, 0.1)).rejects.toThrow(
    "The graph's input 'x' (float32 [batch, 2]) was not fed; 'X' was, which it does not read.",
  );
});
