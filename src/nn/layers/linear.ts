import { linear } from '../../ops/matmul.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { fanUniform, type Initializer } from '../initializers.js';
import { Module, Parameter } from '../module.js';

/** y = x·Wᵀ + b.  x [..., input] → y [..., output]. Weight and bias start uniform in ±1/√input, as in PyTorch. */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor(
    readonly inputSize: number,
    readonly outputSize: number,
    options: { bias?: boolean; initializer?: Initializer } = {},
  ) {
    super();
    requireOptions(this, 'a whole number from 1', { inputSize, outputSize });
    this.weight = new Parameter([outputSize, inputSize], options.initializer ?? fanUniform(inputSize));
    this.bias = options.bias === false ? undefined : new Parameter([outputSize], fanUniform(inputSize));
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}
