import { createFusion, type FusionType } from '../../src/nn/layers/fusion/createFusion.js';
import type { Fusion } from '../../src/nn/layers/fusion/fusion.js';
import { randomKey, randomUniform } from '../../src/tensor/random.js';
import type { Values } from './evaluate.js';

/** A fusion of any type, of features and contexts of the given sizes. */
export function fusionOf(type: FusionType, size: number, contextSize: number): Fusion {
  return type === 'cross-attention'
    ? createFusion({ type, size, contextSize, heads: 2 })
    : createFusion({ type, size, contextSize });
}

/** Texts of 1 to 6 ids from 4 to 7. */
export function drawTexts(count: number, seed: number): number[][] {
  return Array.from({ length: count }, (_, i) => {
    const key = randomKey(seed, i);
    const length = 1 + Math.floor(randomUniform(key, 0) * 6);
    return Array.from({ length }, (__, t) => 4 + Math.floor(randomUniform(key, t + 1) * 4));
  });
}

/** The inputs `name` and `nameLengths` of texts, with `padding` more positions than needed. */
export function textValues(name: string, texts: readonly (readonly number[])[], padding = 0): Values {
  const time = Math.max(...texts.map(({ length }) => length)) + padding;
  const values = texts.flatMap((ids) => [...ids, ...new Array<number>(time - ids.length).fill(0)]);
  return {
    [name]: { shape: [texts.length, time], values },
    [`${name}Lengths`]: { shape: [texts.length], values: texts.map(({ length }) => length) },
  };
}
