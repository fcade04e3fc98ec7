import { layerNorm } from '../../ops/layerNorm.js';
import type { Tensor } from '../../tensor/tensor.js';
import { ones, zeros } from '../initializers.js';
import { Module, Parameter } from '../module.js';

/** (x − mean) ÷ √(variance + ε) · weight + bias over the last axis (Ba et al. 2016).  x [..., size] → [..., size]. */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(
    readonly size: number,
    readonly epsilon = 1e-5,
  ) {
    super();
    this.weight = new Parameter([size], ones);
    this.bias = new Parameter([size], zeros);
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, this.epsilon);
  }
}
