import { extendKey, randomKey } from '../tensor/random.js';
import type { EncodedPairs } from './trainingData.js';

/** A 32-bit hash of all pairs in their order: tells a resumed run whether its data are still the same. */
export function fingerprint({ sources, targets, exampleOfPair }: EncodedPairs): number {
  let key = randomKey(sources.ids.length, targets.ids.length, exampleOfPair.length);
  for (const values of [sources.offsets, sources.ids, targets.offsets, targets.ids, exampleOfPair])
    for (const value of values) key = extendKey(key, value);
  return key >>> 0;
}
