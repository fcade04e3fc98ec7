import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildEncoding, encodeExamples, type PairDataset } from '../data/dataset.js';
import type { Engine } from '../engine/engine.js';
import { createEngine } from '../engine/node/createEngine.js';
import type { MetricsRow } from '../formats/metricsRow.js';
import { RecurrentDecoder } from '../models/decoders/recurrentDecoder.js';
import { RecurrentEncoder } from '../models/encoders/recurrentEncoder.js';
import { Seq2Seq } from '../models/seq2seq.js';
import { sgd } from '../optimizers/transforms.js';
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

/** Trains as long as the scripted validations (a step apart) let it; its result, checkpoints and rows. */
async function fit(script: readonly Metrics[], validation: Partial<FitOptions['validation']> = {}) {
  const side = { cell: 'gru', vocabularySize: 7, embeddingSize: 4, hiddenSize: 4 } as const;
  const model = new Seq2Seq({ encoder: new RecurrentEncoder(side), decoder: new RecurrentDecoder(side) });
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
  const side = { cell: 'gru', vocabularySize: 7, embeddingSize: 4, hiddenSize: 4 } as const;
  const model = new Seq2Seq({ encoder: new RecurrentEncoder(side), decoder: new RecurrentDecoder(side) });
  const trainer = await Trainer.create({ engine, model, optimizer: sgd({ learningRate: 0.1 }) });
  await expect(trainer.fit(dataset, { steps: 1, ...options })).rejects.toThrow(
    new UserError(`fit: ${message}`),
  );
});
