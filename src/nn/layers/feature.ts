import { tanh } from '../../ops/elementwise.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { Linear } from './linear.js';

/** Feature layer c = tanh(W h + b).  h [..., input] → c [..., output]. */
export class FeatureLayer extends Module {
  private readonly linear: Linear;

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor(inputSize: number, outputSize: number, options: { bias?: boolean } = {}) {
    super();
    requireOptions(this, 'a whole number from 1', { inputSize, outputSize });
    this.linear = new Linear(inputSize, outputSize, options);
  }

  forward(h: Tensor): Tensor {
    return tanh(this.linear.forward(h));
  }
}
