import { describe, expect, it } from 'vitest';
import { all, randomModel, sources } from '../../test/support/randomModel.js';
import { modelVariants, smallSeq2Seq, TARGET_VOCABULARY } from '../../test/support/seq2seqCases.js';
import { pairBatch, sourceBatch } from '../data/batching.js';
import type { EncodedPairs } from '../data/trainingData.js';
import type { Seq2Seq } from '../models/seq2seq.js';
import { packSequences } from '../data/sequences.js';
import { UserError } from '../tensor/errors.js';
import { END, UNKNOWN } from '../text/vocabulary.js';
import { noRepeatedNgram } from './adjustments.js';
import { createSearch } from './beamSearch.js';
import { createScorer } from './scorer.js';

/** Log-probabilities of given targets for the first source, by forced scoring. */
async function scoreAll(
  { engine, model, parameters }: Awaited<ReturnType<typeof randomModel<Seq2Seq>>>,
  targets: number[][],
) {
  const dataset: EncodedPairs = {
    examples: [],
    sources,
    targets: packSequences(targets),
    exampleOfPair: new Int32Array(targets.length),
  };
  const score = await createScorer(engine, model, parameters);
  return (
    await score(
      pairBatch(
        dataset,
        Int32Array.from(targets, (_, i) => i),
      ),
    )
  ).logProbabilities;
}

/** Every target of at most `length` tokens that can be written. */
function everyTarget(length: number): number[][] {
  const tokens = Array.from({ length: TARGET_VOCABULARY }, (_, i) => i).filter((id) => id > UNKNOWN);
  const found: number[][] = [[]];
  for (let at = 0; at < found.length; at++)
    if (found[at]!.length < length) for (const token of tokens) found.push([...found[at]!, token]);
  return found;
}

describe.each(Object.keys(modelVariants))('%s', (name) => {
  it('greedy decoding gives every hypothesis the probability that forced scoring gives it', async () => {
    const trained = await randomModel(modelVariants[name]!());
    const search = await createSearch(trained.engine, trained.model, trained.parameters);
    const best = (await search(sourceBatch(sources, all), { maxLength: 12 }))[0]![0]!;
    const forced = await scoreAll(trained, [[...best.ids]]);
    // A hypothesis that was cut has no END yet.
    if (best.ids.length < 12) expect(best.logProbability).toBeCloseTo(forced[0]!, 4);
  });

  it('a wide beam finds the likeliest of all short answers, in order', async () => {
    const trained = await randomModel(modelVariants[name]!(), 11);
    const search = await createSearch(trained.engine, trained.model, trained.parameters, 64);
    const [found] = await search(sourceBatch(sources, all), { maxLength: 2 });
    const targets = everyTarget(2);
    const scores = await scoreAll(trained, targets);
    const order = targets.map((ids, i) => ({ ids, score: scores[i]! })).sort((a, b) => b.score - a.score);
    expect(found!.slice(0, 10).map(({ ids }) => ids.join(' '))).toEqual(
      order.slice(0, 10).map(({ ids }) => ids.join(' ')),
    );
    found!
      .slice(0, 10)
      .forEach(({ logProbability }, i) => expect(logProbability).toBeCloseTo(order[i]!.score, 4));
  });

  it('answers do not depend on the batch', async () => {
    const { engine, model, parameters } = await randomModel(modelVariants[name]!(), 7);
    const search = await createSearch(engine, model, parameters, 3);
    const together = await search(sourceBatch(sources, all), { maxLength: 6 });
    for (const index of all) {
      const [alone] = await search(sourceBatch(sources, Int32Array.of(index)), { maxLength: 6 });
      expect(alone!.map(({ ids }) => ids)).toEqual(together[index]!.map(({ ids }) => ids));
    }
  });
});

describe('beam search', () => {
  it('cuts answers that do not end, and returns at most `beam` of them', async () => {
    const { engine, model, parameters } = await randomModel(smallSeq2Seq({ cell: 'gru', hiddenSize: 4 }));
    const bias = parameters.get('decoder.output.bias')!.data;
    bias[END] = -1000;
    const search = await createSearch(engine, model, parameters, 2);
    const found = await search(sourceBatch(sources, all), { maxLength: 5 });
    for (const hypotheses of found) {
      expect(hypotheses).toHaveLength(2);
      for (const { ids } of hypotheses) expect(ids).toHaveLength(5);
    }
  });

  it('favours longer answers with a length penalty', async () => {
    const { engine, model, parameters } = await randomModel(smallSeq2Seq({ cell: 'gru', hiddenSize: 4 }), 3);
    const search = await createSearch(engine, model, parameters, 8);
    const meanLength = async (lengthPenalty: number) => {
      const found = await search(sourceBatch(sources, all), { maxLength: 10, lengthPenalty });
      return found.reduce((sum, [best]) => sum + best!.ids.length, 0);
    };
    expect(await meanLength(3)).toBeGreaterThan(await meanLength(-1));
  });

  it('refuses a beam below 1', async () => {
    const { engine, model, parameters } = await randomModel(smallSeq2Seq({ cell: 'gru', hiddenSize: 4 }));
    await expect(createSearch(engine, model, parameters, 0)).rejects.toThrow(
      new UserError('beam search: beam is 0; it must be a whole number from 1.'),
    );
  });

  it('refuses a length or a penalty that cannot be', async () => {
    const { engine, model, parameters } = await randomModel(smallSeq2Seq({ cell: 'gru', hiddenSize: 4 }));
    const search = await createSearch(engine, model, parameters);
    const batch = sourceBatch(sources, all);
    await expect(search(batch, { maxLength: 0 })).rejects.toThrow(
      new UserError('an answer: maxLength is 0; it must be a whole number from 1.'),
    );
    await expect(search(batch, { lengthPenalty: NaN })).rejects.toThrow(
      new UserError('beam search: lengthPenalty is NaN; it must be a finite number.'),
    );
  });
});

describe('constraints', () => {
  /** A model that draws each token by itself: its log-probabilities are those of `scores`, whatever came before. */
  async function memoryless(scores: readonly number[]) {
    const { engine, model, parameters } = await randomModel(smallSeq2Seq({ cell: 'gru', hiddenSize: 4 }));
    for (const { data } of parameters.values()) data.fill(0);
    parameters.get('decoder.output.bias')!.data.set(scores);
    return (beam: number) => createSearch(engine, model, parameters, beam);
  }
  const contains = (ids: readonly number[], phrase: readonly number[]) =>
    ids.some((_, start) => phrase.every((token, i) => ids[start + i] === token));

  it('are met by the shortest answer where every token costs, however unlikely they are', async () => {
    //                                          PAD START END UNKNOWN 4  5  6   7
    const create = await memoryless([-99, -99, 2, -99, 1, 0, -9, -20]);
    for (const beam of [1, 3]) {
      const search = await create(beam);
      const answers = async (constraints: number[][], more: Parameters<typeof search>[1] = {}) =>
        (await search(sourceBatch(sources, Int32Array.of(0)), { constraints, maxLength: 6, ...more }))[0]!;
      const best = async (...args: Parameters<typeof answers>) => (await answers(...args))[0]!.ids;
      expect(await best([])).toEqual([]);
      expect(await best([[7, 6, 7]])).toEqual([7, 6, 7]);
      expect(await best([[6, 7], [7]])).toEqual([6, 7]);
      expect([...(await best([[7], [6]]))].sort()).toEqual([6, 7]);
      // Two phrases that share a token; a prefix that has the first one already, and one that has its beginning.
      if (beam > 1)
        expect(
          await best(
            [
              [6, 7],
              [7, 5],
            ],
            { lengthPenalty: -1 },
          ),
        ).toEqual([6, 7, 5]);
      expect(await best([[6, 7], [5]], { prefix: [4, 6, 7] })).toEqual([4, 6, 7, 5]);
      expect(await best([[6, 7]], { prefix: [4, 6], maxLength: 3 })).toEqual([4, 6, 7]);
      expect((await answers([[7]])).map(({ ids }) => ids.length)).toEqual([1, 2, 2].slice(0, beam));
    }
  });

  it('are met by answers that would go on for ever', async () => {
    const create = await memoryless([-99, -99, -99, -99, 9, 0, 0, -9]);
    const search = await create(1);
    const [found] = await search(sourceBatch(sources, Int32Array.of(0)), {
      constraints: [[7, 5]],
      maxLength: 5,
    });
    expect(found![0]!.ids).toHaveLength(5);
    expect(contains(found![0]!.ids, [7, 5])).toBe(true);
  });

  it.each(['gru, 2 layers, bidirectional, additive', 'Transformer, rotary positions'])(
    'are met by the likeliest of all short answers that have them: %s',
    async (name) => {
      const trained = await randomModel(modelVariants[name]!(), 11);
      const targets = everyTarget(3);
      const scores = await scoreAll(trained, targets);
      const [wide, narrow] = await Promise.all(
        [64, 2].map((beam) => createSearch(trained.engine, trained.model, trained.parameters, beam)),
      );
      for (const constraints of [
        [[5]],
        [[7, 4]],
        [[6], [4]],
        [
          [4, 6],
          [6, 5],
        ],
        [[5, 5, 4]],
      ]) {
        const options = { constraints, maxLength: 4 };
        const order = targets
          .map((ids, i) => ({ ids, score: scores[i]! }))
          .filter(({ ids }) => constraints.every((phrase) => contains(ids, phrase)))
          .sort((a, b) => b.score - a.score);
        const [found] = await wide!(sourceBatch(sources, Int32Array.of(0)), options);
        const short = found!.filter(({ ids }) => ids.length <= 3);
        const count = Math.min(5, order.length, short.length);
        expect(count).toBeGreaterThan(0);
        expect(short.slice(0, count).map(({ ids }) => ids)).toEqual(
          order.slice(0, count).map(({ ids }) => ids),
        );
        const everyAnswer = await narrow!(sourceBatch(sources, all), options);
        for (const { ids } of everyAnswer.flat())
          for (const phrase of constraints) expect(contains(ids, phrase)).toBe(true);
        const [alone] = await narrow!(sourceBatch(sources, Int32Array.of(2)), options);
        expect(alone!.map(({ ids }) => ids)).toEqual(everyAnswer[2]!.map(({ ids }) => ids));
      }
    },
  );

  it('are refused where they are too long, or forbidden', async () => {
    const search = await (await memoryless([0, 0, 0, 0, 0, 0, 0, 0]))(2);
    const batch = sourceBatch(sources, Int32Array.of(0));
    await expect(search(batch, { constraints: [[4, 5], [6]], maxLength: 2 })).rejects.toThrow(
      new UserError(
        'The constraints need 3 tokens, an answer has at most 2. Shorten them, or raise maxLength.',
      ),
    );
    await expect(search(batch, { constraints: [[4, 5]], prefix: [7, 4], maxLength: 2 })).rejects.toThrow(
      'The constraints need 1 tokens after a prefix of 2, an answer has at most 2.',
    );
    await expect(search(batch, { constraints: [[4, 4]], adjust: [noRepeatedNgram(1)] })).rejects.toThrow(
      'No answer contains what the constraints ask for',
    );
  });
});
