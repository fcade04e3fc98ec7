import { layerNorm } from '../../ops/layerNorm.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { ones, zeros } from '../initializers.js';
import { Module, Parameter } from '../module.js';

/** (x − mean) ÷ √(variance + ε) · weight + bias over the last axis (Ba et al. 2016).  x [..., size] → [..., size]. */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;

  /** @throws UserError unless `size` is a whole number from 1 and `epsilon` above 0. */
  constructor(
    readonly size: number,
    readonly epsilon = 1e-5,
  ) {
    super();
    requireOptions(this, 'a whole number from 1', { size });
    requireOptions(this, 'a finite number above 0', { epsilon });
    this.weight = new Parameter([size], ones);
    this.bias = new Parameter([size], zeros);
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, this.epsilon);
  }
}
