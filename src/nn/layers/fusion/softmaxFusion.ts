import { softmax } from '../../../ops/softmax.js';
import { requireOptions } from '../../../tensor/requireOptions.js';
import type { Tensor } from '../../../tensor/tensor.js';
import { Fusion, type FusionContext } from './fusion.js';
import { JointLinear } from './jointLinear.js';

/** Context fusion e = softmax(W_e[c; context] + b_e): a distribution over the output's features. */
export class SoftmaxFusion extends Fusion {
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
    return softmax(this.joint.forward(features, context));
  }
}
