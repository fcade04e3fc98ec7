import { add, mul } from '../../../ops/elementwise.js';
import { requireOptions } from '../../../tensor/requireOptions.js';
import type { Tensor } from '../../../tensor/tensor.js';
import { Linear } from '../linear.js';
import { besides, contextVector, Fusion, type FusionContext } from './fusion.js';

/**
 * Feature-wise linear modulation (Perez et al. 2018): e = γ ⊙ c + β with γ = 1 + W_γ context + b_γ and
 * β = W_β context + b_β. As in their experiments γ is learnt as its difference from 1: a γ around 0 would stop
 * features and their gradients at the start.
 */
export class FilmFusion extends Fusion {
  readonly outputSize: number;
  private readonly scale: Linear;
  private readonly shift: Linear;

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor(size: number, contextSize: number) {
    super();
    requireOptions(this, 'a whole number from 1', { size, contextSize });
    this.outputSize = size;
    this.scale = new Linear(contextSize, size);
    this.shift = new Linear(contextSize, size);
  }

  forward(features: Tensor, context: FusionContext): Tensor {
    const vector = contextVector(features, context);
    const scale = add(this.scale.forward(vector), 1);
    return add(mul(features, besides(features, scale)), besides(features, this.shift.forward(vector)));
  }
}
