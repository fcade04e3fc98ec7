import type { Feeds } from '../engine/feeds.js';
import { PAD } from '../text/vocabulary.js';

/** A text to model: what is read, and what follows each of its tokens. */
export interface Shifted {
  readonly input: Int32Array;
  /** As long as the input. */
  readonly labels: Int32Array;
}

/**
 * Texts as the inputs of a language model: `targetInput` [batch, time], PAD after the end, `targetRows` [tokens],
 * `targetSlots` [batch·time] and `labels` [tokens], as in a {@link Batch}; `exampleIndex` [batch] keys dropout masks.
 */
export function languageBatch(texts: readonly Shifted[], exampleIndex: Int32Array): Feeds {
  const time = texts.reduce((most, { input }) => Math.max(most, input.length), 1);
  const tokens = texts.reduce((sum, { input }) => sum + input.length, 0);
  const targetInput = new Int32Array(texts.length * time).fill(PAD);
  const rows = new Int32Array(tokens);
  const slots = new Int32Array(texts.length * time);
  const labels = new Int32Array(tokens);
  let slot = 0;
  texts.forEach((text, b) => {
    targetInput.set(text.input, b * time);
    labels.set(text.labels, slot);
    for (let t = 0; t < text.input.length; t++) {
      rows[slot++] = b * time + t;
      slots[b * time + t] = slot;
    }
  });
  const int32 = (shape: number[], data: Int32Array) => ({ dtype: 'int32' as const, shape, data });
  return {
    targetInput: int32([texts.length, time], targetInput),
    targetRows: int32([tokens], rows),
    targetSlots: int32([texts.length * time], slots),
    labels: int32([tokens], labels),
    exampleIndex: int32([texts.length], exampleIndex.slice()),
  };
}
