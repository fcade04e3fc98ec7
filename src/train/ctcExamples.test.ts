import { expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { spell, spelledWords } from '../../test/support/spell.js';
import { logMelSpectrogram } from '../data/audio/melSpectrogram.js';
import { buildEncoding } from '../data/dataset.js';
import { FrameSequences } from '../data/frameSequences.js';
import { packSequences } from '../data/sequences.js';
import { fitBands, SpokenDataset } from '../data/spokenDataset.js';
import { CtcModel } from '../models/ctcModel.js';
import { RecurrentFrameEncoder } from '../models/encoders/frameEncoder.js';
import { chain } from '../optimizers/transform.js';
import { adam, clipByGlobalNorm } from '../optimizers/transforms.js';
import { linearDecay } from '../schedules/schedules.js';
import { characterTokenizer } from '../text/tokenizer.js';
import { CtcEvaluator } from './ctcEvaluator.js';
import { recordingsForCtc } from './ctcExamples.js';
import { Trainer } from './trainer.js';

const RATE = 8000;
const BANDS = 16;

/** The log-mel spectrogram of a word of tones, frame after frame. */
function heard(word: string): Float32Array {
  const { frames, values } = logMelSpectrogram({ samples: spell(word, RATE), rate: RATE }, { bands: BANDS });
  return Float32Array.from(values, (_, i) => values[(i % BANDS) * frames + Math.floor(i / BANDS)]!);
}

it('tones are learnt as letters, without being told which is where', async () => {
  const words = spelledWords(256);
  const known = words.slice(0, 160);
  const unseen = words.slice(160).filter(({ length }) => length === 4);
  expect(known).not.toEqual(expect.arrayContaining(unseen.slice(0, 1)));
  const encoding = buildEncoding(known, characterTokenizer);
  const engine = await testEngine();
  const encoder = new RecurrentFrameEncoder({
    bands: BANDS,
    convolutions: [{ channels: 16, kernel: 5 }],
    cell: 'gru',
    hiddenSize: 16,
  });
  const model = new CtcModel({ encoder, vocabularySize: encoding.vocabulary.size });
  const scaler = fitBands(known.map(heard), BANDS);
  const datasetOf = (some: readonly string[]) =>
    new SpokenDataset({
      examples: some.map((word, i) => ({ source: `${i}.wav`, references: [word], origin: `word ${i + 1}` })),
      sources: new FrameSequences({
        recordings: some.map((word) => scaler.transform(heard(word))),
        bands: BANDS,
        stride: encoder.stride,
      }),
      targets: packSequences(some.map((word) => encoding.vocabulary.encode([...word]))),
    });
  const train = datasetOf(known);
  const steps = 120;
  const trainer = await Trainer.create({
    engine,
    model,
    optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 2e-2 })),
    schedule: linearDecay({ warmupSteps: 10, totalSteps: steps }),
  });
  for (let epoch = 0; trainer.step < steps; epoch++)
    for (const indices of train.plan({ batchSize: 32 }, { seed: 1, epoch }))
      if (trainer.step < steps) await trainer.update(train.batch(indices));

  const evaluator = new CtcEvaluator(engine, model, trainer.parameters, encoding);
  const data = recordingsForCtc(datasetOf(unseen));
  for (const beam of [1, 4]) {
    const { metrics, answers, decoding } = await evaluator.evaluate(data, { metrics: ['loss', 'cer'], beam });
    expect(decoding).toBe(beam === 1 ? 'best path' : 'beam 4');
    expect(answers).toHaveLength(unseen.length);
    expect(metrics.loss).toBeLessThan(0.1);
    expect(metrics.cer).toBeLessThan(0.02);
  }
  await expect(evaluator.evaluate(data, { metrics: ['perplexity' as 'loss'] })).rejects.toThrow(
    "CtcEvaluator has no metric 'perplexity'. Valid here: loss,",
  );
});
