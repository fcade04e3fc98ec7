import { expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { ctcBatch, sourceBatch } from '../data/batching.js';
import { packSequences } from '../data/sequences.js';
import { CtcModel } from '../models/ctcModel.js';
import { RecurrentEncoder } from '../models/encoders/recurrentEncoder.js';
import { chain } from '../optimizers/transform.js';
import { adam, clipByGlobalNorm } from '../optimizers/transforms.js';
import { linearDecay } from '../schedules/schedules.js';
import { randomBits, randomKey } from '../tensor/random.js';
import { UserError } from '../tensor/errors.js';
import { Trainer } from '../train/trainer.js';
import { createCtcSearch } from './ctcSearch.js';

const ONSETS = 4;
const VOWELS = 4;
const FIRST = 4; // ids below are the special tokens

/**
 * Recordings of made-up words of 1 to 6 syllables: an onset that lasts 1 to 3 frames, then a vowel that lasts 1 to 3.
 * What is asked for are the syllables, one token for each pair of onset and vowel, so a frame tells too little.
 */
function recordings(count: number, seed: number) {
  const sources: number[][] = [];
  const targets: number[][] = [];
  for (let i = 0; i < count; i++) {
    const key = randomKey(seed, i);
    let draw = 0;
    const random = (n: number) => randomBits(key, draw++) % n;
    const source: number[] = [];
    const target: number[] = [];
    for (let left = 1 + random(6); left > 0; left--) {
      const [onset, vowel] = [random(ONSETS), random(VOWELS)];
      for (let frames = 1 + random(3); frames > 0; frames--) source.push(FIRST + onset);
      for (let frames = 1 + random(3); frames > 0; frames--) source.push(FIRST + ONSETS + vowel);
      target.push(FIRST + onset * VOWELS + vowel);
    }
    sources.push(source);
    targets.push(target);
  }
  return { sources: packSequences(sources), targets: packSequences(targets), answers: targets };
}

it('transcribes recordings, having learnt without alignments', async () => {
  const engine = await testEngine();
  const model = new CtcModel({
    encoder: new RecurrentEncoder({
      cell: 'gru',
      vocabularySize: FIRST + ONSETS + VOWELS,
      embeddingSize: 16,
      hiddenSize: 32,
      bidirectional: true,
    }),
    vocabularySize: FIRST + ONSETS * VOWELS,
  });
  const steps = 200;
  const batchSize = 32;
  const trainer = await Trainer.create({
    engine,
    model,
    optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 1e-2 })),
    schedule: linearDecay({ warmupSteps: 20, totalSteps: steps }),
  });
  const known = recordings(steps * batchSize, 1);
  const exampleOfPair = Int32Array.from(known.answers, (_, i) => i);
  for (let step = 0; step < steps; step++) {
    const pairs = exampleOfPair.subarray(step * batchSize, (step + 1) * batchSize);
    await trainer.update({ ...ctcBatch({ ...known, exampleOfPair }, pairs) });
  }

  const unseen = recordings(300, 2);
  const batch = sourceBatch(
    unseen.sources,
    Int32Array.from(unseen.answers, (_, i) => i),
  );
  await expect(createCtcSearch(engine, model, trainer.parameters, 0)).rejects.toThrow(UserError);
  for (const beam of [1, 4]) {
    const search = await createCtcSearch(engine, model, trainer.parameters, beam);
    const found = await search(batch);
    const exact = found.filter(([best], i) => best!.ids.join() === unseen.answers[i]!.join()).length;
    expect(exact / found.length, `share of exact answers, beam ${beam}`).toBeGreaterThanOrEqual(0.95);
    for (const hypotheses of found) {
      expect(hypotheses.length).toBeLessThanOrEqual(beam);
      const scores = hypotheses.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    }
  }
});
