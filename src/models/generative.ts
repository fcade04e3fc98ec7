import type { Module } from '../nn/module.js';
import type { Decoder, DecoderStep, DecoderStepInput, Tensors } from './decoders/decoder.js';

/** A model that writes token by token: what generation traces of it. */
export interface Generative extends Module {
  /** Tokens that it can read and write in one go, START or END included. */
  readonly maxLength: number;
  readonly caches: Decoder['caches'];
  /** The first state, and what every step reads, from the named inputs of a batch. */
  start(): { state: Tensors; memory: Tensors };
  step(input: DecoderStepInput): DecoderStep;
}
