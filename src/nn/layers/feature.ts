import { requireOneOf, requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { Linear } from './linear.js';
import { mlpActivation, mlpActivations, type MLPActivation } from './mlp.js';

/** Feature layer c = φ(W h + b), φ = tanh by default.  h [..., input] → c [..., output]. */
export class FeatureLayer extends Module {
  private readonly linear: Linear;
  private readonly activation: (x: Tensor) => Tensor;

  /** @throws UserError unless both sizes are whole numbers from 1 and the activation is known. */
  constructor(
    inputSize: number,
    outputSize: number,
    { bias = true, activation = 'tanh' }: { bias?: boolean; activation?: MLPActivation } = {},
  ) {
    super();
    requireOptions(this, 'a whole number from 1', { inputSize, outputSize });
    requireOneOf(this, mlpActivations, { activation });
    this.linear = new Linear(inputSize, outputSize, { bias });
    this.activation = mlpActivation[activation];
  }

  forward(h: Tensor): Tensor {
    return this.activation(this.linear.forward(h));
  }
}
