import { packSequences } from '../../src/data/sequences.js';
import type { Generative } from '../../src/models/generative.js';
import { ParameterStore } from '../../src/train/parameterStore.js';
import { testEngine } from './evaluate.js';

export const sources = packSequences([[4, 5, 6], [5], [6, 4, 4, 5, 6], [4, 6]]);
export const all = Int32Array.of(0, 1, 2, 3);

/** A model whose answers differ: random weights, by default larger than usual. */
export async function randomModel<M extends Generative>(model: M, seed = 5, scale = 3) {
  const engine = await testEngine();
  const store = new ParameterStore(engine, model);
  store.initialize(seed);
  store.values.flat.forEach((value, i) => (store.values.flat[i] = value * scale));
  return { engine, model, parameters: store.values.views };
}
