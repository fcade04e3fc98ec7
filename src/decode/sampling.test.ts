import { beforeAll, describe, expect, it } from 'vitest';
import { randomModel, sources } from '../../test/support/randomModel.js';
import { smallSeq2Seq } from '../../test/support/seq2seqCases.js';
import { sourceBatch } from '../data/batching.js';
import { RecurrentDecoder } from '../models/decoders/recurrentDecoder.js';
import { RecurrentEncoder } from '../models/encoders/recurrentEncoder.js';
import { Seq2Seq } from '../models/seq2seq.js';
import { END, UNKNOWN } from '../text/vocabulary.js';
import { forbidTokens, noRepeatedNgram, repetitionPenalty } from './adjustments.js';
import { createSearch } from './beamSearch.js';
import { createSampler, shapeDistribution, type Draw, type Sampler } from './sampling.js';

describe('the distribution that is drawn from', () => {
  const logs = [0.5, 0.25, 0.15, 0.1].map(Math.log);
  const shaped = (options: Parameters<typeof shapeDistribution>[1]) =>
    shapeDistribution(logs, options).map((p) => Number(p.toFixed(6)));

  it.each([
    ['nothing', {}, [0.5, 0.25, 0.15, 0.1]],
    ['a low temperature', { temperature: 0.5 }, [0.724638, 0.181159, 0.065217, 0.028986]],
    ['top-k', { topK: 2 }, [0.666667, 0.333333]],
    ['top-k beyond the vocabulary', { topK: 9 }, [0.5, 0.25, 0.15, 0.1]],
    ['top-p, the token that crosses it included', { topP: 0.6 }, [0.666667, 0.333333]],
    ['top-p below the likeliest', { topP: 0.1 }, [1]],
    ['min-p', { minP: 0.4 }, [0.666667, 0.333333]],
    ['all of them', { temperature: 2, topK: 3, topP: 0.7, minP: 0.5 }, [0.585786, 0.414214]],
  ])('by %s', (_, options, wanted) => {
    expect(shaped(options)).toEqual(wanted);
  });
});

describe('sampling', () => {
  let trained: Awaited<ReturnType<typeof randomModel>>;
  let sampler: Sampler;
  beforeAll(async () => {
    trained = await randomModel(smallSeq2Seq({ cell: 'gru', hiddenSize: 4 }), 5);
    sampler = await createSampler(trained.engine, trained.model, trained.parameters);
  });
  const batch = (...indices: number[]) => sourceBatch(sources, Int32Array.from(indices));

  it('draws tokens as often as the model says', async () => {
    const samples = 4000;
    const counts = new Map<number, number>();
    const chances = new Map<number, number>();
    for await (const draws of sampler.stream(batch(0), { samples, maxLength: 1 }))
      for (const { token, logProbability } of draws) {
        counts.set(token, (counts.get(token) ?? 0) + 1);
        chances.set(token, Math.exp(logProbability));
      }
    expect(counts.size).toBeGreaterThan(2);
    // PAD, START and UNKNOWN are never drawn: their share goes to the others.
    expect(Math.min(...counts.keys())).toBe(END);
    expect(counts.has(UNKNOWN)).toBe(false);
    const all = [...chances.values()].reduce((sum, chance) => sum + chance, 0);
    for (const [token, count] of counts) {
      const p = chances.get(token)! / all;
      // Five standard deviations; the seed is fixed, so this either holds always or never.
      expect(Math.abs(count / samples - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / samples));
    }
  });

  it('gives the same answers with the same seed, in any batch', async () => {
    const options = { seed: 3, samples: 2, maxLength: 8 };
    const together = await sampler.sample(batch(0, 1, 2, 3), options);
    const [alone] = await sampler.sample(batch(2), options);
    expect(alone!.map(({ ids }) => ids)).toEqual(together[2]!.map(({ ids }) => ids));
    expect(await sampler.sample(batch(0, 1, 2, 3), { ...options, seed: 4 })).not.toEqual(together);
    expect(together.some(([first, second]) => first!.ids.join() !== second!.ids.join())).toBe(true);
  });

  it('is greedy decoding when only the likeliest token is left', async () => {
    const search = await createSearch(trained.engine, trained.model, trained.parameters);
    const greedy = await search(batch(0, 1, 2, 3), { maxLength: 6 });
    const drawn = await sampler.sample(batch(0, 1, 2, 3), { topK: 1, maxLength: 6 });
    expect(drawn.map(([answer]) => answer!.ids)).toEqual(greedy.map(([answer]) => answer!.ids));
  });

  it('draws the same from the few likeliest tokens of a large vocabulary, ranked alone or among all', async () => {
    const encoder = new RecurrentEncoder({ cell: 'gru', vocabularySize: 8, embeddingSize: 4, hiddenSize: 4 });
    const decoder = new RecurrentDecoder({
      cell: 'gru',
      vocabularySize: 200,
      embeddingSize: 4,
      hiddenSize: 4,
    });
    const { engine, model, parameters } = await randomModel(new Seq2Seq({ encoder, decoder }));
    const { sample } = await createSampler(engine, model, parameters);
    const options = { topK: 5, samples: 3, maxLength: 8 };
    const few = await sample(batch(0, 1, 2, 3), options);
    // An adjustment is shown all tokens, whatever it does with them.
    const all = await sample(batch(0, 1, 2, 3), { ...options, adjust: [forbidTokens([])] });
    expect(few).toEqual(all);
  });

  it('streams what it samples', async () => {
    const options = { samples: 2, maxLength: 5 };
    const streamed: Draw[] = [];
    for await (const draws of sampler.stream(batch(1, 3), options)) streamed.push(...draws);
    const answers = await sampler.sample(batch(1, 3), options);
    answers.forEach((each, example) =>
      each.forEach(({ ids, logProbability }, sample) => {
        const own = streamed.filter((drawn) => drawn.example === example && drawn.sample === sample);
        expect(own.map(({ token }) => token).filter((token) => token !== END)).toEqual(ids);
        expect(own.reduce((sum, drawn) => sum + drawn.logProbability, 0)).toBeCloseTo(logProbability, 10);
      }),
    );
  });

  it('keeps to adjustments, as beam search does', async () => {
    const told = { prefix: [5, 5, 6], adjust: [noRepeatedNgram(1)], maxLength: 5 };
    const drawn = await sampler.sample(batch(0, 1), { ...told, samples: 3 });
    const search = await createSearch(trained.engine, trained.model, trained.parameters, 3);
    const searched = await search(batch(0, 1), told);
    for (const { ids } of [...drawn.flat(), ...searched.flat()]) {
      expect(ids.slice(0, 3)).toEqual([5, 5, 6]);
      // What comes after the prefix is new each time.
      expect(new Set(ids.slice(1)).size).toBe(ids.length - 1);
    }
  });

  it('ranks by adjusted sums and reports the model’s own', async () => {
    const search = await createSearch(trained.engine, trained.model, trained.parameters, 3);
    const adjust = [repetitionPenalty(1.5)];
    const [found] = await search(batch(2), { adjust, maxLength: 6 });
    const [plain] = await search(batch(2), { maxLength: 6 });
    for (const { score, logProbability } of plain!) expect(score).toBe(logProbability);
    for (const { ids, score, logProbability } of found!)
      if (new Set(ids).size < ids.length) expect(score).toBeLessThan(logProbability);
      else expect(score).toBeCloseTo(logProbability, 10);
  });

  it('says so when nothing is left, or the prefix is too long', async () => {
    const adjust = [forbidTokens([2, 4, 5, 6, 7])];
    const search = await createSearch(trained.engine, trained.model, trained.parameters, 2);
    await expect(search(batch(0), { adjust })).rejects.toThrow('forbid every token of the vocabulary');
    await expect(sampler.sample(batch(0), { adjust })).rejects.toThrow(
      'forbid every token of the vocabulary',
    );
    const long = { prefix: [4, 5, 6], maxLength: 2 };
    await expect(search(batch(0), long)).rejects.toThrow('The prefix has 3 tokens, an answer at most 2.');
    await expect(sampler.sample(batch(0), long)).rejects.toThrow('The prefix has 3 tokens');
  });

  it('refuses options that cannot be', async () => {
    await expect(sampler.sample(batch(0), { temperature: 0 })).rejects.toThrow('temperature is 0');
    await expect(sampler.sample(batch(0), { topP: 1.5 })).rejects.toThrow('topP is 1.5');
    await expect(sampler.sample(batch(0), { samples: 0 })).rejects.toThrow('samples is 0');
    await expect(sampler.sample(batch(0), { samples: Infinity })).rejects.toThrow('samples is Infinity');
  });
});
