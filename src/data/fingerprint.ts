import { extendKey, randomKey } from '../tensor/random.js';
import type { EncodedPairs } from './trainingData.js';

/** A 32-bit hash of all pairs in their order: tells a resumed run whether its data are still the same. */
export function fingerprint({ sources, targets, exampleOfPair }: EncodedPairs): number {
  const key = randomKey(sources.ids.length, targets.ids.length, exampleOfPair.length);
  return hashNumbers([sources.offsets, sources.ids, targets.offsets, targets.ids, exampleOfPair], key);
}

/** A 32-bit hash of numbers, bit by bit, from a key on. */
export function hashNumbers(parts: Iterable<ArrayLike<number>>, key: number): number {
  for (const values of parts) for (const bits of bitsOf(values)) key = extendKey(key, bits);
  return key >>> 0;
}

function bitsOf(values: ArrayLike<number>): Int32Array {
  if (values instanceof Int32Array) return values;
  if (values instanceof Float32Array) return new Int32Array(values.buffer, values.byteOffset, values.length);
  return new Int32Array(Float64Array.from(values).buffer);
}
