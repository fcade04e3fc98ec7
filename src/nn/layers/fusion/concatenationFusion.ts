import { tanh } from '../../../ops/elementwise.js';
import { requireOptions } from '../../../tensor/requireOptions.js';
import type { Tensor } from '../../../tensor/tensor.js';
import { Fusion, type FusionContext } from './fusion.js';
import { JointLinear } from './jointLinear.js';

/**
 * A feature layer over both (Ngiam et al. 2011): e = tanh(W[c; context] + b).
 * c [batch, ..., size], context [batch, contextSize] → e [batch, ..., outputSize].
 */
export class ConcatenationFusion extends Fusion {
  private readonly joint: JointLinear;

  /** @throws UserError unless all sizes are whole numbers from 1. */
  constructor(
    size: number,
    contextSize: number,
    readonly outputSize = size,
  ) {
    super();
    requireOptions(this, 'a whole number from 1', { size, contextSize, outputSize });
    this.joint = new JointLinear(size, contextSize, outputSize);
  }

  forward(features: Tensor, context: FusionContext): Tensor {
    return tanh(this.joint.forward(features, context));
  }
}
