import { add } from '../../../ops/elementwise.js';
import { linear } from '../../../ops/matmul.js';
import { split } from '../../../ops/shape.js';
import type { Tensor } from '../../../tensor/tensor.js';
import { Module } from '../../module.js';
import { Linear } from '../linear.js';
import { besides, contextVector, type FusionContext } from './fusion.js';

/**
 * W[c; context] + b with the context joined to the features of every position.  c [batch, ..., D], context [batch, K] →
 * [batch, ..., output]. The context's part is computed once per example and added, not joined to each position first.
 */
export class JointLinear extends Module {
  private readonly linear: Linear;

  /** @throws UserError unless all sizes are whole numbers from 1. */
  constructor(
    private readonly size: number,
    private readonly contextSize: number,
    outputSize: number,
  ) {
    super();
    this.linear = new Linear(size + contextSize, outputSize);
  }

  forward(features: Tensor, context: FusionContext): Tensor {
    const { weight, bias } = this.linear;
    const [own, other] = split(weight, [this.size, this.contextSize], 1) as [Tensor, Tensor];
    const shift = linear(contextVector(features, context), other, bias);
    return add(linear(features, own), besides(features, shift));
  }
}
