import { expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { DenoisingTexts } from '../data/denoisingTexts.js';
import { MaskedTexts } from '../data/maskedTexts.js';
import { packSequences } from '../data/sequences.js';
import { createScorer } from '../decode/scorer.js';
import { adamW } from '../optimizers/transforms.js';
import { randomKey, randomUniform } from '../tensor/random.js';
import { MASK_TOKEN, sentinelTokens } from '../text/reservedTokens.js';
import { Vocabulary } from '../text/vocabulary.js';
import { MaskedLanguageEvaluator } from '../train/maskedLanguageEvaluator.js';
import { ParameterStore } from '../train/parameterStore.js';
import { Trainer } from '../train/trainer.js';
import { TransformerDecoder } from './decoders/transformerDecoder.js';
import { TransformerEncoder } from './encoders/transformerEncoder.js';
import { MaskedLanguageModel } from './maskedLanguageModel.js';
import { Seq2Seq } from './seq2seq.js';

const letters = [...'abcde'];
const vocabulary = new Vocabulary(letters, [MASK_TOKEN, ...sentinelTokens(4)]);
const vocabularySize = vocabulary.size;
/** abcdeabc… from any letter on. */
const periodic = (count: number, seed: number) =>
  packSequences(
    Array.from({ length: count }, (_, i) => {
      const key = randomKey(seed, i);
      const [start, length] = [0, 1].map((j) => Math.floor(randomUniform(key, j) * 5)) as [number, number];
      return Array.from({ length: 8 + 2 * length }, (__, t) => 4 + ((start + t) % 5));
    }),
  );
const encoder = (layers = 1) => new TransformerEncoder({ vocabularySize, size: 16, heads: 2, layers });

it('a masked language model measures a text alike in any batch', async () => {
  const engine = await testEngine();
  const model = new MaskedLanguageModel({ encoder: encoder(), vocabularySize });
  const store = new ParameterStore(engine, model);
  store.initialize(1);
  const evaluator = new MaskedLanguageEvaluator(engine, model, store.values.views);
  const data = new MaskedTexts(packSequences([[4], [5, 6, 7, 8, 4, 5, 6], [6, 6], [8, 7, 4, 4]]), vocabulary);
  const together = await evaluator.sums(data, 4);
  const alone = await evaluator.sums(data, 1);
  expect(together.tokens).toBe(4);
  expect(alone).toEqual({ ...together, loss: alone.loss, rows: alone.rows });
  alone.rows.forEach(([loss, tokens], i) => {
    expect(loss).toBeCloseTo(together.rows[i]![0]!, 5);
    expect(tokens).toBe(together.rows[i]![1]);
  });
  expect(alone.loss).toBeCloseTo(together.loss, 5);
});

it('a masked language model learns a periodic text, and fills in what is missing', async () => {
  const engine = await testEngine();
  const model = new MaskedLanguageModel({ encoder: encoder(2), vocabularySize });
  const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 5e-3 }) });
  const data = new MaskedTexts(periodic(200, 1), vocabulary);
  await trainer.fit(data, { steps: 400, batch: { batchSize: 32 } });
  const evaluator = new MaskedLanguageEvaluator(engine, model, trainer.parameters);
  const { correct, tokens } = await evaluator.sums(new MaskedTexts(periodic(100, 2), vocabulary));
  expect(correct / tokens).toBeGreaterThan(0.95);

  const mask = vocabulary.reservedId(MASK_TOKEN);
  const texts = packSequences([
    [6, 7, mask, 4, 5, 6, 7, 8, mask, 5],
    [4, 5, 6, 7, 8, 4],
    [mask, 8, 4, 5, 6, 7, 8, 4],
  ]);
  const filled = await evaluator.fill(texts, mask, { count: 2 });
  expect(filled.map((guesses) => guesses.map(({ position, tokens }) => [position, tokens[0]]))).toEqual([
    [
      [2, 8],
      [8, 4],
    ],
    [],
    [[0, 7]],
  ]);
  const [best, second] = filled[0]![0]!.probabilities as [number, number];
  expect(best).toBeGreaterThan(second);
});

it('a sequence-to-sequence model learns to restore spans', async () => {
  const engine = await testEngine();
  const model = new Seq2Seq({
    encoder: encoder(),
    decoder: new TransformerDecoder({ vocabularySize, size: 16, heads: 2, layers: 1 }),
  });
  const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 1e-2 }) });
  const data = new DenoisingTexts(periodic(200, 1), vocabulary, { rate: 0.3, meanSpan: 2 });
  await trainer.fit(data, { steps: 300, batch: { batchSize: 32 } });
  const scorer = await createScorer(engine, model, trainer.parameters);
  const later = new DenoisingTexts(periodic(100, 2), vocabulary, { rate: 0.3, meanSpan: 2 });
  const { correct, tokens } = await scorer(later.batch(later.planEvaluation(100)[0]!));
  // Where a span at either end of a text begins or ends, nothing in the source tells.
  expect(correct / tokens).toBeGreaterThan(0.85);
});
