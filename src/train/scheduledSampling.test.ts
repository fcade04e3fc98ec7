import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { compile, testEngine, type Values } from '../../test/support/evaluate.js';
import { all, randomModel, sources } from '../../test/support/randomModel.js';
import {
  initialValues,
  seq2seqValues,
  smallSeq2Seq,
  TARGET_VOCABULARY,
  type Pair,
} from '../../test/support/seq2seqCases.js';
import { gradients } from '../autodiff/gradients.js';
import { pairBatch, sourceBatch } from '../data/batching.js';
import { PairDataset } from '../data/dataset.js';
import { packSequences } from '../data/sequences.js';
import { createSearch } from '../decode/beamSearch.js';
import { seq2seqInputs, type Seq2Seq } from '../models/seq2seq.js';
import { inTraining } from '../nn/mode.js';
import { parametersOf } from '../nn/module.js';
import { adam } from '../optimizers/transforms.js';
import type { SamplingSchedule } from '../schedules/samplingSchedule.js';
import type { Tensor } from '../tensor/tensor.js';
import { END, START } from '../text/vocabulary.js';
import { Trainer } from './trainer.js';
import { TrainStep } from './trainStep.js';

const always: SamplingSchedule = { type: 'linear', steps: 1, floor: 1 };
const never: SamplingSchedule = { type: 'exponential', decay: 0 };
const half: SamplingSchedule = { type: 'linear', steps: 1, floor: 0.5 };

const layers = { layers: 2, hiddenSize: 5 };
const variants: Readonly<Record<string, (schedule?: SamplingSchedule, dropout?: number) => Seq2Seq>> = {
  'gru without attention': (scheduledSampling, dropout) =>
    smallSeq2Seq({ cell: 'gru', ...layers, dropout, scheduledSampling }),
  'lstm, general': (scheduledSampling, dropout) =>
    smallSeq2Seq({ cell: 'lstm', ...layers, attention: 'general', dropout, scheduledSampling }),
  'gru, additive with coverage, input feeding': (scheduledSampling, dropout) =>
    smallSeq2Seq({
      cell: 'gru',
      hiddenSize: 4,
      attention: 'additive',
      coverage: true,
      inputFeeding: true,
      dropout,
      scheduledSampling,
    }),
};

const dataset = new PairDataset(
  {
    examples: [],
    sources,
    targets: packSequences([[4, 5, 6, 7], [5], [], [6, 4, 7]]),
    exampleOfPair: all,
  },
  { skippedPairs: 0, unalignablePairs: 0, unknownSourceTokens: 0, unknownTargetTokens: 0 },
);
const batchOf = (...pairs: number[]) => ({ ...pairBatch(dataset, Int32Array.from(pairs)) });
const optimizer = adam({ learningRate: 0.05 });

/** Loss and gradients of the whole batch at a step. */
async function firstGradients(model: Seq2Seq, step = 1, batch = batchOf(0, 1, 2, 3)) {
  const trainStep = await TrainStep.create({ engine: await testEngine(), model, optimizer, seed: 4 });
  const { lossSum } = await trainStep.computeGradients(batch, step);
  return { lossSum, gradients: Array.from(trainStep.gradients.flat) };
}

const pairs: Pair[] = [
  { source: [3, 1, 4, 1, 5], target: [START, 5, 6, 7, 4], labels: [5, 6, 7, 4, END] },
  { source: [6], target: [START, 7, 4], labels: [7, 4, END] },
  { source: [2, 2, 5], target: [START], labels: [END] },
];
const TIME = 5;

/** A model's loss and gradients as training traces them, or its logits too, under teacher forcing. */
function compiled(model: Seq2Seq, training: boolean) {
  const parameters = parametersOf(model);
  const inputs = seq2seqInputs();
  const loss = training ? inTraining(() => model.loss(inputs)) : model.loss(inputs);
  const found = gradients(loss, [...parameters.values()]);
  const named = [...parameters.keys()].map((name, i) => [`gradient of ${name}`, found[i]!] as const);
  const outputs: Record<string, Tensor> = { loss, ...Object.fromEntries(named) };
  if (!training) outputs['logits'] = model.logits(inputs);
  return compile(outputs);
}

/** First values, larger than usual so that predictions differ. */
const valuesOf = (model: Seq2Seq): Values =>
  Object.fromEntries(
    Object.entries(initialValues(parametersOf(model), 3)).map(([name, { shape, values }]) => [
      name,
      { shape, values: Array.from(values, (value) => 3 * value) },
    ]),
  );

describe.each(Object.entries(variants))('scheduled sampling, %s', (name, make) => {
  it('reads what the coins say: the true token, or the likeliest after what was read before', async () => {
    const model = make(half);
    const initial = valuesOf(model);
    const forced = await compiled(model, false);
    const run = await compiled(model, true);
    const coins = [1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1];
    const results = await run({
      ...seq2seqValues(pairs),
      ...initial,
      'mask.decoder.scheduledSampling': { shape: [TIME, 3, 1], values: coins.map((coin) => 2 * coin) },
    });

    const read = pairs.map((pair) => ({ ...pair, target: [...pair.target] }));
    let changed = 0;
    for (let t = 1; t < TIME; t++) {
      const { logits } = await forced({ ...seq2seqValues(read), ...initial });
      let row = 0;
      read.forEach(({ target }, b) => {
        if (t < target.length && coins[t * 3 + b] === 0) {
          const at = (row + t - 1) * TARGET_VOCABULARY;
          const scores = logits!.values.slice(at, at + TARGET_VOCABULARY);
          // PAD, START and UNKNOWN are never written.
          const best = [END, 4, 5, 6, 7].reduce((a, c) => (scores[c]! > scores[a]! ? c : a));
          if (target[t] !== best) changed++;
          target[t] = best;
        }
        row += target.length;
      });
    }
    expect(changed, name).toBeGreaterThan(0);
    const expected = await forced({ ...seq2seqValues(read), ...initial });
    for (const key of Object.keys(results)) expectClose(results[key], expected[key], 1e-5, key);
  });

  it('with ε = 0 reads what greedy decoding writes', async () => {
    const { engine, model, parameters } = await randomModel(make(never));
    parameters.get('decoder.output.bias')!.data[END] = -1000;
    const search = await createSearch(engine, model, parameters);
    const [found] = await search(sourceBatch(sources, Int32Array.of(0)), { maxLength: 6 });
    const best = found![0]!;
    // The labels are what it writes, the targets to read are all wrong.
    const own: Pair = { source: [4, 5, 6], target: [START, 0, 0, 0, 0, 0], labels: best.ids };
    const run = await compiled(model, true);
    const values = Object.fromEntries(
      [...parameters].map(([key, { shape, data }]) => [key, { shape, values: Array.from(data, Number) }]),
    );
    const { loss } = await run({
      ...seq2seqValues([own]),
      ...values,
      'mask.decoder.scheduledSampling': { shape: [6, 1, 1], values: new Array<number>(6).fill(0) },
    });
    // The search leaves what is never written its share of the probability, as the loss does.
    expect(loss!.values[0]).toBeCloseTo(-best.logProbability, 4);
  });

  it('with ε = 1 is teacher forcing', async () => {
    const plain = await firstGradients(make());
    const sampled = await firstGradients(make(always));
    if (name.includes('feeding')) expect(sampled).toEqual(plain);
    // Elsewhere teacher forcing runs the products of all steps as one, which rounds otherwise.
    expect(Math.abs(sampled.lossSum - plain.lossSum)).toBeLessThan(1e-5);
    const error = Math.max(...sampled.gradients.map((x, i) => Math.abs(x - plain.gradients[i]!)));
    expect(error).toBeLessThan(1e-5);
  });

  it('gives an example the same coins in any batch, with any padding, and others at another step', async () => {
    const whole = await firstGradients(make(half, 0.3), 2);
    const parts = [
      await firstGradients(make(half, 0.3), 2, batchOf(0)),
      await firstGradients(make(half, 0.3), 2, batchOf(2, 1)),
      await firstGradients(make(half, 0.3), 2, batchOf(3)),
    ];
    const total = parts.reduce((sum, { lossSum }) => sum + lossSum, 0);
    expect(Math.abs(whole.lossSum - total)).toBeLessThan(1e-5);
    whole.gradients.forEach((gradient, i) => {
      expect(Math.abs(gradient - parts.reduce((sum, part) => sum + part.gradients[i]!, 0))).toBeLessThan(
        1e-5,
      );
    });
    expect((await firstGradients(make(half, 0.3), 3)).lossSum).not.toBe(whole.lossSum);
  });
});

it('scheduled sampling goes on after a checkpoint bit for bit', async () => {
  const schedule: SamplingSchedule = { type: 'inverse-sigmoid', pace: 2 };
  const create = async () =>
    Trainer.create({
      engine: await testEngine(),
      model: variants['lstm, general']!(schedule, 0.2),
      optimizer,
    });
  const options = { batch: { batchSize: 2 } };
  const whole = await create();
  await whole.fit(dataset, { ...options, steps: 7 });
  const first = await create();
  await first.fit(dataset, { ...options, steps: 3 });
  const second = await create();
  second.restore(first.checkpoint());
  await second.fit(dataset, { ...options, steps: 7 });
  expect([...second.parameters].map(([, { data }]) => Array.from(data, Number))).toEqual(
    [...whole.parameters].map(([, { data }]) => Array.from(data, Number)),
  );
});
