import type { Module } from '../../nn/module.js';
import type { Tensor } from '../../tensor/tensor.js';
import type { Encoded, Encoder } from '../encoders/encoder.js';

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** What one step of generation reads. Rows are batch · beam, the beams of an example side by side. */
export interface DecoderStepInput {
  /** The last tokens: [batch, beam] int32. */
  readonly ids: Tensor;
  /** How many steps were made: [1] int32. */
  readonly position: Tensor;
  /** What the step before has left, [rows, ...]. */
  readonly state: Tensors;
  /** What all steps before have left, joined: [rows, heads, capacity, size]; the first `position` places count. */
  readonly caches: Tensors;
  /** What every step reads of the source, [batch, ...]. */
  readonly memory: Tensors;
}

export interface DecoderStep {
  /** [rows, vocabulary] */
  readonly logits: Tensor;
  /** The new state; the same names as before. */
  readonly state: Tensors;
  /** What the step adds to each cache: [rows, heads, 1, size]. */
  readonly appended: Tensors;
  /** Attention over the source [batch, beam, source], where there is one. */
  readonly weights: Tensor | undefined;
}

/**
 * Writes a target, token by token. Training runs `forward` over whole targets; generation runs the same modules as
 * `start` and `step`, with all state explicit. Both give the same logits.
 */
export interface Decoder extends Module {
  /** Longest target that it can write, in tokens, END included. */
  readonly maxLength: number;
  /** Makes the parts whose sizes depend on the encoder. `Seq2Seq` calls it. @throws UserError where they do not go together. */
  connect(encoder: Encoder): void;
  /**
   * Teacher forcing: ids [batch, time] (the target shifted right) → what `readout` turns into logits, [batch, time, F],
   * and attention weights over the source [batch, time, source].
   */
  forward(ids: Tensor, encoded: Encoded): { features: Tensor; weights: Tensor | undefined };
  /** features [..., F] → logits [..., vocabulary]. Row by row, so it can run on real tokens alone. */
  readout(features: Tensor): Tensor;
  /** The first state, and what every step reads of the source. */
  start(encoded: Encoded): { state: Tensors; memory: Tensors };
  /** The caches that steps fill, [heads, size] each. */
  readonly caches: Readonly<Record<string, readonly [heads: number, size: number]>>;
  step(input: DecoderStepInput): DecoderStep;
}
