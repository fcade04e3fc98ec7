import { beforeAll, describe, expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { randomModel } from '../../test/support/randomModel.js';
import { Documents } from '../data/documents.js';
import { packSequences } from '../data/sequences.js';
import { TextWindows } from '../data/textWindows.js';
import { createSampler } from '../decode/sampling.js';
import { TextGenerator } from '../decode/textGenerator.js';
import { compileGraph } from '../engine/compileGraph.js';
import type { Engine } from '../engine/engine.js';
import { adamW } from '../optimizers/transforms.js';
import { characterTokenizer } from '../text/tokenizer.js';
import { Vocabulary } from '../text/vocabulary.js';
import { LanguageEvaluator } from '../train/languageEvaluator.js';
import { Trainer } from '../train/trainer.js';
import { LanguageModel, languageModelInputs } from './languageModel.js';

const options = { vocabularySize: 9, size: 8, layers: 2, heads: 2, maxLength: 16 };
const texts = packSequences([[4, 5, 6, 7], [8], [], [7, 7, 4]]);

describe.each(['learned', 'sinusoidal', 'rotary'] as const)(
  'a language model with %s positions',
  (positions) => {
    const make = () =>
      new LanguageModel({ ...options, positions, ...(positions !== 'learned' && { maxLength: undefined }) });

    it('gives the same log-probabilities step by step as under teacher forcing', async () => {
      const { engine, model, parameters } = await randomModel(make());
      const program = await compileGraph(engine, { ...model.score(languageModelInputs()) }, parameters);
      const documents = new Documents(texts);
      const batch = documents.batch(Int32Array.of(0));
      const { tokenLosses } = await program.run(program.pick(batch));
      const sampler = await createSampler(engine, model, parameters);
      const one = {
        sourceLengths: { dtype: 'int32', shape: [1], data: Int32Array.of(0) },
        exampleIndex: { dtype: 'int32', shape: [1], data: Int32Array.of(0) },
      } as const;
      const drawn: number[] = [];
      for await (const [draw] of sampler.stream(one, { prefix: [4, 5, 6, 7], maxLength: 4 }))
        drawn.push(-draw!.logProbability);
      drawn.forEach((loss, t) => expect(loss).toBeCloseTo(Number(tokenLosses!.data[t]), 5));
      expect(drawn).toHaveLength(4);
    });

    it('measures a text alike in any batch', async () => {
      const { engine, model, parameters } = await randomModel(make());
      const evaluator = new LanguageEvaluator(engine, model, parameters);
      const documents = new Documents(texts);
      const together = await evaluator.sums(documents, 4);
      const alone = await evaluator.sums(documents, 1);
      expect(together.tokens).toBe(4 + 1 + 0 + 3 + 4);
      expect(alone.tokens).toBe(together.tokens);
      expect(alone.loss).toBeCloseTo(together.loss, 4);
      expect(alone.correct).toBe(together.correct);
      expect(alone.keys).toEqual(together.keys);
      expect(new Set(alone.keys).size).toBeGreaterThan(1);
      const total = (i: number) => together.rows.reduce((sum, row) => sum + row[i]!, 0);
      expect([total(0), total(1)]).toEqual([expect.closeTo(together.loss, 4), together.tokens]);
    });
  },
);

describe('a language model that has learnt one long text', () => {
  const text = 'heddle '.repeat(60);
  const tokens = characterTokenizer.tokenize(text);
  const encoding = { tokenizer: characterTokenizer, vocabulary: Vocabulary.build([tokens]) };
  const model = new LanguageModel({
    ...options,
    vocabularySize: encoding.vocabulary.size,
    size: 16,
    maxLength: 12,
  });
  let engine: Engine;
  let generator: TextGenerator;
  beforeAll(async () => {
    engine = await testEngine();
    const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 1e-2 }) });
    const data = new TextWindows(Int32Array.from(encoding.vocabulary.encode(tokens)), 12);
    await trainer.fit(data, { steps: 150, batch: { batchSize: 8 } });
    generator = new TextGenerator(engine, model, trainer.parameters, encoding, true);
  });

  it('goes on with it, past the end of its positions', async () => {
    expect(await generator.generate('ed', { topK: 1, maxLength: 30 })).toBe(text.slice(3, 33));
  });

  it('streams what it generates', async () => {
    const pieces: string[] = [];
    for await (const piece of generator.stream('h', { maxLength: 20, seed: 3 })) pieces.push(piece);
    expect(pieces).toHaveLength(20);
    expect(pieces.join('')).toBe(await generator.generate('h', { maxLength: 20, seed: 3 }));
  });

  it('needs a beginning that it knows', async () => {
    await expect(generator.generate('')).rejects.toThrow('needs a beginning');
    await expect(generator.generate('x')).rejects.toThrow('unknown symbol "x"');
  });
});
