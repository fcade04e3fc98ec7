import { MLP, mlpActivation, type MLPActivation } from '../nn/layers/mlp.js';
import { Module } from '../nn/module.js';
import { UserError } from '../tensor/errors.js';
import type { Tensor } from '../tensor/tensor.js';
import type { VectorModule } from './featureEncoder.js';

export interface HiddenLayersOptions {
  readonly inputSize: number;
  /** Units of each layer; one at least. */
  readonly hiddenSizes: readonly number[];
  /** After each layer; 'relu' by default. */
  readonly activation?: MLPActivation;
  /** Of the values of each layer but the last; 0 by default. */
  readonly dropout?: number;
}

/** The hidden layers of a perceptron as an encoder: what reads its last one is the output layer.  x [batch, input] → [batch, outputSize]. */
export class HiddenLayers extends Module implements VectorModule {
  readonly outputSize: number;
  private readonly layers: MLP;
  private readonly activation: (x: Tensor) => Tensor;

  /** @throws UserError without a layer, and for sizes, an activation or a dropout that cannot be. */
  constructor({ inputSize, hiddenSizes, activation = 'relu', dropout }: HiddenLayersOptions) {
    super();
    const outputSize = hiddenSizes.at(-1);
    if (outputSize === undefined)
      throw new UserError('HiddenLayers: hiddenSizes is empty; give the units of one layer at least.');
    const before = hiddenSizes.slice(0, -1);
    this.layers = new MLP({ inputSize, hiddenSizes: before, outputSize, activation, dropout });
    this.outputSize = outputSize;
    this.activation = mlpActivation[activation];
  }

  forward(x: Tensor): Tensor {
    return this.activation(this.layers.forward(x));
  }
}
