import { FeatureLayer } from '../../nn/layers/feature.js';
import { Module } from '../../nn/module.js';
import type { Tensor } from '../../tensor/tensor.js';

/**
 * The state of the encoder's last layers as the decoder's first state: as it is where the sizes agree, else through
 * tanh(W s + b), one W per part of the state.
 */
export class Bridge extends Module {
  readonly layers: FeatureLayer[][];

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
