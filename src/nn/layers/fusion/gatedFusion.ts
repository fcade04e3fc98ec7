import { lerp, sigmoid } from '../../../ops/elementwise.js';
import { requireOptions } from '../../../tensor/requireOptions.js';
import type { Tensor } from '../../../tensor/tensor.js';
import { Linear } from '../linear.js';
import { besides, Fusion, type FusionContext } from './fusion.js';
import { JointLinear } from './jointLinear.js';

/**
 * A gate between both: g = σ(W[c; context] + b), e = g ⊙ c + (1 − g) ⊙ W_c context: the gated multimodal unit (Arevalo et
 * al. 2017) with the features themselves in place of a layer over them.
 * c [batch, ..., size], context [batch, contextSize] → e [batch, ..., size].
 */
export class GatedFusion extends Fusion {
  readonly outputSize: number;
  private readonly gate: JointLinear;
  private readonly context: Linear;

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor(size: number, contextSize: number) {
    super();
    requireOptions(this, 'a whole number from 1', { size, contextSize });
    this.outputSize = size;
    this.gate = new JointLinear(size, contextSize, size);
    this.context = new Linear(contextSize, size, { bias: false });
  }

  forward(features: Tensor, context: FusionContext): Tensor {
    const gate = sigmoid(this.gate.forward(features, context));
    return lerp(besides(features, this.context.forward(context.values)), features, gate);
  }
}
