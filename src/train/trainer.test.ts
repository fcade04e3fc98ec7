import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildEncoding, encodeExamples, type PairDataset } from '../data/dataset.js';
import { pairBatch } from '../data/batching.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { createEngine } from '../engine/node/createEngine.js';
import type { MetricsRow } from '../formats/metricsRow.js';
import { RecurrentDecoder } from '../models/decoders/recurrentDecoder.js';
import { RecurrentEncoder } from '../models/encoders/recurrentEncoder.js';
import { Seq2Seq } from '../models/seq2seq.js';
import { adafactor } from '../optimizers/adafactor.js';
import { chain } from '../optimizers/transform.js';
import { adam, clipByGlobalNorm, sgd } from '../optimizers/transforms.js';
import { UserError } from '../tensor/errors.js';
import { characterTokenizer } from '../text/tokenizer.js';
import { Trainer, type FitOptions, type FitResult, type Metrics } from './trainer.js';

let engine: Engine;
let dataset: PairDataset;
beforeAll(async () => {
  engine = await createEngine();
  const encoding = buildEncoding(['abc'], characterTokenizer);
  dataset = encodeExamples(
    ['a', 'ab', 'abc', 'cab'].map((text) => ({ source: text, references: [text], origin: text })),
    { source: encoding, target: encoding },
  );
});
afterAll(() => engine.close());

function smallModel(dropout = 0): Seq2Seq {
  const side = { cell: 'gru', vocabularySize: 7, embeddingSize: 4, hiddenSize: 4, dropout } as const;
  return new Seq2Seq({ encoder: new RecurrentEncoder(side), decoder: new RecurrentDecoder(side) });
}

/** Trains as long as the scripted validations (a step apart) let it; its result, checkpoints and rows. */
async function fit(script: readonly Metrics[], validation: Partial<FitOptions['validation']> = {}) {
  const model = smallModel();
  const trainer = await Trainer.create({ engine, model, optimizer: sgd({ learningRate: 0.1 }) });
  const checkpoints: { step: number; best: boolean }[] = [];
  const rows: MetricsRow[] = [];
  let measured = 0;
  const result: FitResult = await trainer.fit(dataset, {
    steps: script.length,
    batch: { batchSize: 2 },
    validation: {
      everySteps: 1,
      watch: 'per',
      run: () => Promise.resolve(script[measured++]!),
      ...validation,
    },
    recorder: {
      row: (row) => Promise.resolve(void rows.push(row)),
      checkpoint: ({ step }, best) => Promise.resolve(void checkpoints.push({ step, best })),
    },
  });
  return { result, rows, best: checkpoints.filter(({ best }) => best).map(({ step }) => step) };
}

describe('accumulation', () => {
  const batchOf = (...pairs: number[]) => ({ ...pairBatch(dataset, Int32Array.from(pairs)) });
  const create = () =>
    Trainer.create({
      engine,
      model: smallModel(0.3),
      optimizer: chain(clipByGlobalNorm(0.5), adam({ learningRate: 0.1 })),
    });
  const values = (trainer: Trainer) =>
    [...trainer.parameters.values()].flatMap(({ data }) => Array.from(data, Number));

  it('gives the update of the large batch', async () => {
    const [whole, parts] = [await create(), await create()];
    for (let step = 0; step < 3; step++) {
      const large = await whole.update(batchOf(0, 1, 2, 3));
      const summed = await parts.update([batchOf(0, 1), batchOf(2), batchOf(3)]);
      expect(summed.count).toBe(large.count);
      expect(Math.abs(summed.loss - large.loss)).toBeLessThan(1e-6);
      expect(Math.abs(summed.gradientNorm / large.gradientNorm - 1)).toBeLessThan(1e-5);
    }
    const [a, b] = [values(whole), values(parts)];
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(1e-6);
  });

  it('takes that many batches a step, and what is left at the end of an epoch', async () => {
    const trainer = await create();
    const epochs: number[] = [];
    const result = await trainer.fit(dataset, {
      epochs: 2,
      batch: { batchSize: 1 },
      accumulate: 3,
      onProgress: ({ epoch }) => epochs.push(epoch),
    });
    expect(result.steps).toBe(4);
    expect(epochs).toEqual([0.75, 1, 1.75, 2]);
  });
});

describe('the inputs of a step', () => {
  /** The data, and the training on them, as they tell of what happens. */
  async function traced(options: { accumulate?: number; steps?: number; broken?: number }) {
    const events: string[] = [];
    const trainer = await Trainer.create({
      engine,
      model: smallModel(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    const run = trainer.fit(
      {
        plan: (limit, epoch) => dataset.plan(limit, epoch),
        batch: (indices) => {
          events.push('batch');
          if (events.filter((event) => event === 'batch').length === options.broken)
            throw new UserError('This batch cannot be read.');
          return dataset.batch(indices);
        },
      },
      {
        steps: 4,
        batch: { batchSize: 1 },
        ...options,
        onProgress: ({ step, epoch }) => events.push(`step ${step} of epoch ${epoch}`),
      },
    );
    return { run, events };
  }

  it('are made while the step before it runs, within an epoch', async () => {
    const { run, events } = await traced({ accumulate: 2 });
    await run;
    const pair = ['batch', 'batch'];
    expect(events).toEqual([
      ...pair,
      ...pair,
      'step 1 of epoch 0.5',
      'step 2 of epoch 1',
      ...pair,
      ...pair,
      'step 3 of epoch 1.5',
      'step 4 of epoch 2',
    ]);
  });

  it('are made for no step after the last', async () => {
    const { run, events } = await traced({ steps: 3 });
    await run;
    expect(events.filter((event) => event === 'batch')).toHaveLength(3);
  });

  it('end the training where they cannot be made', async () => {
    const { run, events } = await traced({ broken: 3 });
    await expect(run).rejects.toThrow('This batch cannot be read.');
    expect(events).toEqual(['batch', 'batch', 'step 1 of epoch 0.25', 'batch']);
  });
});

describe('a running average', () => {
  const averaged = (averageDecay: number) =>
    Trainer.create({ engine, model: smallModel(), optimizer: sgd({ learningRate: 0.1 }), averageDecay });
  const weight = (parameters: ReadonlyMap<string, HostTensor>) =>
    Array.from(parameters.get('decoder.output.weight')!.data, Number);

  it('follows the parameters by its formula, and answers in their place', async () => {
    const trainer = await averaged(0.5);
    let expected = weight(trainer.parameters);
    await trainer.fit(dataset, {
      steps: 12,
      onProgress: ({ step }) => {
        const decay = Math.min(0.5, (1 + step) / (10 + step));
        const now = weight(trainer.parameters);
        expected = expected.map((value, i) => decay * value + (1 - decay) * now[i]!);
      },
    });
    const found = weight(trainer.evaluationParameters);
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
    expect(found).not.toEqual(weight(trainer.parameters));
    expect(weight(new Map(Object.entries(trainer.checkpoint().parameters)))).toEqual(found);
  });

  it('goes on from a checkpoint to the same bits', async () => {
    const [through, stopped, resumed] = [await averaged(0.9), await averaged(0.9), await averaged(0.9)];
    await through.fit(dataset, { steps: 6 });
    await stopped.fit(dataset, { steps: 3 });
    resumed.restore(stopped.checkpoint());
    await resumed.fit(dataset, { steps: 6 });
    for (const kind of ['parameters', 'evaluationParameters'] as const)
      expect(weight(resumed[kind])).toEqual(weight(through[kind]));
  });

  it('is the parameters themselves where none is kept', async () => {
    const trainer = await averaged(0);
    expect(trainer.evaluationParameters).toBe(trainer.parameters);
    await expect(averaged(1)).rejects.toThrow('averageDecay is 1');
  });
});

it('ends after the step in which it is told to, and does none when it was told before', async () => {
  const trainer = await Trainer.create({
    engine,
    model: smallModel(),
    optimizer: sgd({ learningRate: 0.1 }),
  });
  const stop = new AbortController();
  const options = { steps: 9, signal: stop.signal };
  const onProgress = ({ step }: { step: number }) => step === 3 && stop.abort();
  expect(await trainer.fit(dataset, { ...options, onProgress })).toMatchObject({
    steps: 3,
    reason: 'interrupted',
  });
  expect(await trainer.fit(dataset, options)).toMatchObject({ steps: 3, reason: 'interrupted' });
});

it.each([
  [2, true],
  [3, false],
])('says of a checkpoint whether only the interruption made it: every %i steps', async (every, expected) => {
  const trainer = await Trainer.create({
    engine,
    model: smallModel(),
    optimizer: sgd({ learningRate: 0.1 }),
  });
  const stop = new AbortController();
  const saved: (number | boolean)[][] = [];
  await trainer.fit(dataset, {
    steps: 9,
    checkpointEverySteps: every,
    signal: stop.signal,
    onProgress({ step }) {
      if (step === 3) stop.abort();
    },
    recorder: {
      row: () => Promise.resolve(),
      checkpoint: ({ step }, best, interrupted) =>
        Promise.resolve(void saved.push([step, best, interrupted])),
    },
  });
  expect(saved.at(-1)).toEqual([3, false, expected]);
  for (const [, , interrupted] of saved.slice(0, -1)) expect(interrupted).toBe(false);
});

it('goes on from a checkpoint of Adafactor, whose state is not of the parameters’ shapes, to the same bits', async () => {
  const make = () =>
    Trainer.create({ engine, model: smallModel(), optimizer: adafactor({ learningRate: 0.1 }) });
  const [through, stopped, resumed] = [await make(), await make(), await make()];
  await through.fit(dataset, { steps: 6 });
  await stopped.fit(dataset, { steps: 3 });
  resumed.restore(stopped.checkpoint());
  await resumed.fit(dataset, { steps: 6 });
  expect(resumed.checkpoint().optimizer['0.rows/decoder.output.weight']!.shape).toHaveLength(2);
  expect(resumed.checkpoint().parameters).toEqual(through.checkpoint().parameters);
  expect(resumed.checkpoint().optimizer).toEqual(through.checkpoint().optimizer);
});

describe('validation', () => {
  it('keeps the best, and of equals the one with the lower loss', async () => {
    const { result, best } = await fit([
      { per: 0.5, loss: 3 },
      { per: 0.5, loss: 2 },
      { per: 0.5, loss: 2.5 },
      { per: 0.6, loss: 1 },
      { per: 0.5, loss: 2 },
    ]);
    expect(best).toEqual([1, 2]);
    expect(result).toMatchObject({ steps: 5, reason: 'steps', best: { step: 2, value: 0.5, loss: 2 } });
  });

  it('keeps the first of equals where no loss is measured', async () => {
    const { result, best } = await fit([{ per: 0.5 }, { per: 0.5 }]);
    expect(best).toEqual([1]);
    expect(result.best).toEqual({ step: 1, value: 0.5 });
  });

  it('takes no figure for the best that is not finite', async () => {
    const { result, best } = await fit([{ per: Infinity, loss: NaN }, { per: 0.5, loss: 800 }, { per: NaN }]);
    expect([result.best, best]).toEqual([{ step: 2, value: 0.5, loss: 800 }, [2]]);
    expect((await fit([{ per: Infinity }])).result.best).toBeUndefined();
  });

  it('ends the training when patience does', async () => {
    const worse = [0.5, 0.6, 0.4, 0.5, 0.41, 0.3].map((per) => ({ per }));
    const { result } = await fit(worse, { patience: 2 });
    expect(result).toMatchObject({ steps: 5, reason: 'patience', best: { step: 3 } });
  });

  it('ends the training at the target', async () => {
    const { result, rows } = await fit([{ per: 0.5 }, { per: 0.2 }, { per: 0.1 }], { target: 0.2 });
    expect(result).toMatchObject({ steps: 2, reason: 'target' });
    expect(rows.filter(({ split }) => split === 'validation').map(({ per }) => per)).toEqual([0.5, 0.2]);
  });

  it('must measure what it watches', async () => {
    await expect(fit([{ wer: 0.5 }])).rejects.toThrow("did not measure 'per'");
  });
});

it.each<[string, Partial<FitOptions>]>([
  ['steps is NaN; it must be a number from 0.', { steps: NaN }],
  ['maxMinutes is -1; it must be a number from 0.', { maxMinutes: -1 }],
  ['logEverySteps is 0; it must be a whole number from 1, or Infinity.', { logEverySteps: 0 }],
  [
    'everySteps is 2.5; it must be a whole number from 1, or Infinity.',
    { validation: { everySteps: 2.5, run: () => Promise.resolve({}) } },
  ],
])('refuses options that cannot be: %s', async (message, options) => {
  const model = smallModel();
  const trainer = await Trainer.create({ engine, model, optimizer: sgd({ learningRate: 0.1 }) });
  await expect(trainer.fit(dataset, { steps: 1, ...options })).rejects.toThrow(
    new UserError(`fit: ${message}`),
  );
});
