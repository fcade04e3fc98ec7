import type { Feeds } from '../engine/feeds.js';
import { targetBatch } from './batching.js';
import type { Shifted } from './shift.js';

/**
 * Texts as the inputs of a language model: `targetInput` [batch, time], PAD after the end, `targetRows` [tokens],
 * `targetSlots` [batch·time] and `labels` [tokens], as in a {@link Batch}; `exampleIndex` [batch] keys dropout masks.
 */
export function languageBatch(texts: readonly Shifted[], exampleIndex: Int32Array): Feeds {
  const { targetInput, targetRows, targetSlots, labels } = targetBatch(texts);
  return {
    targetInput,
    targetRows,
    targetSlots,
    labels,
    exampleIndex: { dtype: 'int32', shape: [texts.length], data: exampleIndex.slice() },
  };
}
