import { linear } from '../../ops/matmul.js';
import type { Tensor } from '../../tensor/tensor.js';
import { fanUniform } from '../initializers.js';
import { Module, Parameter } from '../module.js';

/** y = x·Wᵀ + b.  x [..., input] → y [..., output]. Weights start uniform in ±1/√input, as in PyTorch. */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  constructor(
    readonly inputSize: number,
    readonly outputSize: number,
    options: { bias?: boolean } = {},
  ) {
    super();
    this.weight = new Parameter([outputSize, inputSize], fanUniform(inputSize));
    this.bias = options.bias === false ? undefined : new Parameter([outputSize], fanUniform(inputSize));
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}
