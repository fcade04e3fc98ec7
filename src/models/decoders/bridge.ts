import { FeatureLayer } from '../../nn/layers/feature.js';
import { Module } from '../../nn/module.js';
import type { Tensor } from '../../tensor/tensor.js';

/**
 * What an encoder leaves as the first state of a decoder: tanh(W s + b) with a W per layer and part of the state (as
 * Bahdanau et al. 2015, A.2.2).  s [batch, encoderSize] → [batch, decoderSize] each.
 */
export class Bridge extends Module {
  readonly layers: FeatureLayer[][];

  /** @throws UserError unless the sizes are whole numbers from 1. */
  constructor(encoderSize: number, decoderSize: number, layers: number, parts: number) {
    super();
    this.layers = Array.from({ length: layers }, () =>
      Array.from({ length: parts }, () => new FeatureLayer(encoderSize, decoderSize)),
    );
  }

  forward(states: readonly (readonly Tensor[])[]): Tensor[][] {
    return this.layers.map((parts, layer) => parts.map((part, i) => part.forward(states[layer]![i]!)));
  }
}
