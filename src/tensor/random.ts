/**
 * Counter-based random numbers: a value is a pure function of its key and its index, so that dropout masks, shuffles,
 * initial weights and samples depend neither on the order in which they are drawn nor on padding, and a resumed
 * run sees the same ones. The mixing function is "lowbias32" (C. Wellons, "Prospecting for Hash Functions", 2018,
 * https://nullprogram.com/blog/2018/07/31/): a bijection on 32-bit integers with near-ideal avalanche. The WASM
 * kernels compute the same bits.
 */
export const GOLDEN = 0x9e3779b9 | 0;

/** Bijective 32-bit mix; takes and returns a signed 32-bit integer. */
export function mix(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b | 0);
  return x ^ (x >>> 16);
}

/** Folds integers (seed, step, site, example, position …) into one 32-bit key; the order counts. */
export function randomKey(...parts: number[]): number {
  let key = 0x2545f491;
  for (const part of parts) key = extendKey(key, part);
  return key;
}

/** `randomKey` with one more part. */
export function extendKey(key: number, part: number): number {
  return mix((key + GOLDEN) ^ mix(part | 0));
}

/** The `index`-th 32-bit value of a key's stream, unsigned. */
export function randomBits(key: number, index: number): number {
  return mix((key + Math.imul(index + 1, GOLDEN)) | 0) >>> 0;
}

/** The `index`-th uniform value in [0, 1) of a key's stream. */
export function randomUniform(key: number, index: number): number {
  return randomBits(key, index) / 4294967296;
}

/** The `index`-th standard normal value of a key's stream (Box–Muller over two uniforms). */
export function randomNormal(key: number, index: number): number {
  const u = (randomBits(key, 2 * index) + 0.5) / 4294967296;
  const v = randomUniform(key, 2 * index + 1);
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}

/** A seeded permutation of 0 … n−1 (Fisher–Yates). */
export function permutation(n: number, key: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(randomUniform(key, i) * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

/** A 32-bit hash of a text (FNV-1a over UTF-16 units, then mixed): the basis of seeded splits. */
export function hashText(text: string, seed = 0): number {
  let hash = mix(0x811c9dc5 ^ seed);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash) >>> 0;
}
