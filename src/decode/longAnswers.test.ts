import { describe, expect, it } from 'vitest';
import { randomModel, sources } from '../../test/support/randomModel.js';
import { smallTransformer } from '../../test/support/seq2seqCases.js';
import { pairBatch, sourceBatch } from '../data/batching.js';
import { packSequences } from '../data/sequences.js';
import { compileGraph } from '../engine/compileGraph.js';
import { seq2seqInputs } from '../models/seq2seq.js';
import { END } from '../text/vocabulary.js';
import { createSearch } from './beamSearch.js';
import { createSampler } from './sampling.js';

/** Longer than the caches are at first. */
const LENGTH = 70;

/** A Transformer that never ends an answer by itself. */
async function endless(options: Parameters<typeof smallTransformer>[0] = {}) {
  const trained = await randomModel(smallTransformer(options));
  trained.parameters.get('decoder.output.bias')!.data[END] = -1000;
  return trained;
}

describe('answers longer than a block of the caches', () => {
  it.each([
    [1, 'sinusoidal'],
    [2, 'sinusoidal'],
    [2, 'rotary'],
  ] as const)(
    'of %i beam(s) have the probability that forced scoring gives them, with %s positions',
    async (beam, positions) => {
      const { engine, model, parameters } = await endless({ size: 8, positions });
      const search = await createSearch(engine, model, parameters, beam);
      const found = await search(sourceBatch(sources, Int32Array.of(0, 2)), { maxLength: LENGTH });
      const { tokenLosses } = model.score(seq2seqInputs());
      const program = await compileGraph(engine, { tokenLosses }, parameters);
      const [answers] = found;
      const targets = packSequences(answers!.map(({ ids }) => ids));
      const dataset = { sources, targets, exampleOfPair: new Int32Array(beam) };
      const batch = { ...pairBatch(dataset, Int32Array.from(answers!.keys())) };
      const losses = Array.from((await program.run(program.pick(batch)))['tokenLosses']!.data, Number);
      answers!.forEach(({ ids, logProbability }, i) => {
        expect(ids).toHaveLength(LENGTH);
        // Forced scoring adds an END, which these answers do not have.
        const own = losses.slice(i * (LENGTH + 1), (i + 1) * (LENGTH + 1) - 1);
        expect(logProbability).toBeCloseTo(-own.reduce((sum, loss) => sum + loss, 0), 3);
      });
    },
  );

  it('are drawn alike in any batch', async () => {
    const { engine, model, parameters } = await endless();
    const sampler = await createSampler(engine, model, parameters);
    const options = { samples: 2, maxLength: LENGTH };
    const together = await sampler.sample(sourceBatch(sources, Int32Array.of(0, 1, 2)), options);
    const [alone] = await sampler.sample(sourceBatch(sources, Int32Array.of(1)), options);
    expect(alone!.map(({ ids }) => ids)).toEqual(together[1]!.map(({ ids }) => ids));
  });

  it('end where learned positions do', async () => {
    const { engine, model, parameters } = await endless({ positions: 'learned', maxLength: 9 });
    const search = await createSearch(engine, model, parameters);
    const [answers] = await search(sourceBatch(sources, Int32Array.of(0)));
    expect(answers![0]!.ids).toHaveLength(8);
  });
});
