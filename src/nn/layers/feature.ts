import { tanh } from '../../ops/elementwise.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { Linear } from './linear.js';

/** Feature layer c = tanh(W h + b).  h [..., input] → c [..., output]. */
export class FeatureLayer extends Module {
  private readonly linear: Linear;

  constructor(inputSize: number, outputSize: number, options: { bias?: boolean } = {}) {
    super();
    this.linear = new Linear(inputSize, outputSize, options);
  }

  forward(h: Tensor): Tensor {
    return tanh(this.linear.forward(h));
  }
}
