import { describe, expect, it } from 'vitest';
import { all, randomModel, sources } from '../../test/support/randomModel.js';
import { modelVariants, smallSeq2Seq, TARGET_VOCABULARY } from '../../test/support/seq2seqCases.js';
import { pairBatch, sourceBatch } from '../data/batching.js';
import type { EncodedPairs } from '../data/trainingData.js';
import type { Seq2Seq } from '../models/seq2seq.js';
import { packSequences } from '../data/sequences.js';
import { UserError } from '../tensor/errors.js';
import { END, UNKNOWN } from '../text/vocabulary.js';
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
