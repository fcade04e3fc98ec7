import { gelu, relu, sigmoid, tanh } from '../../ops/elementwise.js';
import { requireOneOf, requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { Dropout } from './dropout.js';
import { Linear } from './linear.js';

/** The activations by their names. */
export const mlpActivation = { relu, gelu, tanh, sigmoid };
export const mlpActivations = ['relu', 'gelu', 'tanh', 'sigmoid'] as const;
export type MLPActivation = (typeof mlpActivations)[number];

export interface MLPOptions {
  readonly inputSize: number;
  /** Units of each hidden layer: one entry makes a network with one hidden layer, none a linear model. */
  readonly hiddenSizes: readonly number[];
  readonly outputSize: number;
  /** After each hidden layer; 'relu' by default. */
  readonly activation?: MLPActivation;
  /** Of each hidden layer's values; 0 by default. */
  readonly dropout?: number;
}

/**
 * Multi-layer perceptron (Rumelhart et al. 1986): hᵢ = activation(Wᵢ hᵢ₋₁ + bᵢ) from h₀ = x, and y = W h + b after the last.
 * x [..., input] → y [..., output].
 */
export class MLP extends Module {
  readonly outputSize: number;
  /** The hidden layers in order, then the output layer. */
  private readonly layers: Linear[];
  private readonly dropouts: Dropout[];
  private readonly activation: (x: Tensor) => Tensor;

  /** @throws UserError unless all sizes are whole numbers from 1, the activation is known, and 0 ≤ dropout < 1. */
  constructor({ inputSize, hiddenSizes, outputSize, activation = 'relu', dropout = 0 }: MLPOptions) {
    super();
    requireOptions(this, 'a whole number from 1', { inputSize, outputSize });
    hiddenSizes.forEach((size, i) =>
      requireOptions(this, 'a whole number from 1', { [`hiddenSizes[${i}]`]: size }),
    );
    requireOneOf(this, mlpActivations, { activation });
    this.outputSize = outputSize;
    this.activation = mlpActivation[activation];
    const inputs = [inputSize, ...hiddenSizes];
    this.layers = [...hiddenSizes, outputSize].map((size, i) => new Linear(inputs[i]!, size));
    this.dropouts = hiddenSizes.map(() => new Dropout(dropout));
  }

  forward(x: Tensor): Tensor {
    const hidden = this.dropouts.reduce(
      (h, dropout, i) => dropout.forward(this.activation(this.layers[i]!.forward(h))),
      x,
    );
    return this.layers.at(-1)!.forward(hidden);
  }
}
