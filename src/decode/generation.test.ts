import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { sources } from '../../test/support/randomModel.js';
import { modelVariants, smallTransformer } from '../../test/support/seq2seqCases.js';
import { sourceBatch } from '../data/batching.js';
import type { Engine } from '../engine/engine.js';
import { createEngine } from '../engine/node/createEngine.js';
import type { Seq2Seq } from '../models/seq2seq.js';
import { END } from '../text/vocabulary.js';
import { ParameterStore } from '../train/parameterStore.js';
import { createSearch } from './beamSearch.js';
import { remaining } from './hypotheses.js';
import { createSampler } from './sampling.js';

const engines = {
  'c-api': await createEngine({ executor: 'c-api', threads: 1 }),
  binding: await createEngine({ executor: 'binding', threads: 1 }),
};
afterAll(() => Promise.all(Object.values(engines).map((engine) => engine.close())));
const batch = () => sourceBatch(sources, Int32Array.of(0, 1, 2, 3));

function randomParameters(engine: Engine, model: Seq2Seq) {
  const store = new ParameterStore(engine, model);
  store.initialize(5);
  store.values.flat.forEach((value, i) => (store.values.flat[i] = value * 3));
  return store.values.views;
}

/** What typed arrays hold after a collection, in MiB. */
async function heldByArrays(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) {
    collect();
    // Finalizers have their turn.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return process.memoryUsage().arrayBuffers / 2 ** 20;
}

describe('a generation', () => {
  it.each(Object.entries(modelVariants))('is the same on both executors: %s', async (_, makeModel) => {
    const answers = Object.values(engines).map(async (engine) => {
      const model = makeModel();
      const search = await createSearch(engine, model, randomParameters(engine, model), 3);
      const found = await search(batch(), { maxLength: 12 });
      return found.map((hypotheses) => hypotheses.map(({ ids }) => ids));
    });
    const [one, other] = await Promise.all(answers);
    expect(one).toEqual(other);
  });

  it('does not disturb another one of the same search', async () => {
    const engine = engines['c-api'];
    const model = smallTransformer();
    const search = await createSearch(engine, model, randomParameters(engine, model), 2);
    const alone = await search(batch(), { maxLength: 12 });
    const both = [search(batch(), { maxLength: 12 }), search(batch(), { maxLength: 12 })];
    expect(await Promise.all(both)).toEqual([alone, alone]);
  });

  it.each(Object.entries(engines))('leaves no memory behind, %s', async (_, engine) => {
    const model = smallTransformer({ size: 64 });
    const parameters = randomParameters(engine, model);
    parameters.get('decoder.output.bias')!.data[END] = -1000;
    const search = await createSearch(engine, model, parameters, 2);
    const sampler = await createSampler(engine, model, parameters);
    // Memory of the engine lives as long as it: a generation takes none of it.
    const allocate = vi.spyOn(engine, 'allocate');
    const generate = async (times: number) => {
      for (let i = 0; i < times; i++) {
        await search(batch(), { maxLength: 70 });
        // One that its reader leaves.
        for await (const draws of sampler.stream(batch(), { maxLength: 70 })) if (draws.length > 0) break;
      }
    };
    await generate(2);
    const before = await heldByArrays();
    const resident = process.memoryUsage().rss;
    await generate(40);
    // The caches of one generation alone are 1 MiB.
    expect((await heldByArrays()) - before).toBeLessThan(0.5);
    expect((process.memoryUsage().rss - resident) / 2 ** 20).toBeLessThan(40);
    expect(allocate).not.toHaveBeenCalled();
  });
});

describe('the examples that go on', () => {
  const goOn = (alive: readonly boolean[]) => remaining(alive, (goes) => goes);

  it('keep their places, but for the last ones, which fill the gaps', () => {
    expect(goOn([true, true, true])).toEqual([0, 1, 2]);
    expect(goOn([false, true, false, true, true])).toEqual([4, 1, 3]);
    expect(goOn([true, true, false])).toEqual([0, 1]);
    expect(goOn([false, false])).toEqual([]);
  });
});
