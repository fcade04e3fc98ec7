import { cast, div, equal, maximum, minimum, mul, sub, tanh } from '../../ops/elementwise.js';
import { matmul } from '../../ops/matmul.js';
import { max, sum } from '../../ops/reduce.js';
import { positions, reshape } from '../../ops/shape.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { masked, maskedSoftmax } from './attention.js';
import { Linear } from './linear.js';

/** Makes one vector of a sequence.  x [batch, time, D], mask [batch, time] bool (true = real) → [batch, D]; zeros for an empty sequence. */
export abstract class Pooling extends Module {
  abstract forward(x: Tensor, mask: Tensor): Tensor;
}

/** [batch, time, 1] float: 1 at real positions, 0 at padding. */
function realPositions(mask: Tensor): Tensor {
  return cast(reshape(mask, [...mask.shape, 1]), 'float32');
}

/** The vector at the last real position; padding stands at the end. */
export class LastPooling extends Pooling {
  forward(x: Tensor, mask: Tensor): Tensor {
    const [batch, time] = mask.shape;
    const last = sub(sum(cast(mask, 'int32'), [1], true), 1);
    const isLast = cast(equal(reshape(positions(time!), [1, time!]), last), 'float32');
    return sum(mul(x, reshape(isLast, [batch!, time!, 1])), [1]);
  }
}

/** The mean over the real positions. */
export class MeanPooling extends Pooling {
  forward(x: Tensor, mask: Tensor): Tensor {
    const real = realPositions(mask);
    return div(sum(mul(x, real), [1]), maximum(sum(real, [1]), 1));
  }
}

/** The maximum of each feature over the real positions. */
export class MaxPooling extends Pooling {
  forward(x: Tensor, mask: Tensor): Tensor {
    const real = realPositions(mask);
    // Padding falls below any feature, and stays finite: an empty sequence is then emptied by the product.
    return mul(max(masked(x, real), [1]), minimum(sum(real, [1]), 1));
  }
}

/** A learnt average (Yang et al. 2016): weights = softmax(v · tanh(W x + b)) over the real positions. */
export class AttentionPooling extends Pooling {
  readonly hidden: Linear;
  readonly energy: Linear;

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor(inputSize: number, size = inputSize) {
    super();
    requireOptions(this, 'a whole number from 1', { inputSize, size });
    this.hidden = new Linear(inputSize, size);
    this.energy = new Linear(size, 1, { bias: false });
  }

  forward(x: Tensor, mask: Tensor): Tensor {
    const [batch, time, size] = x.shape;
    const scores = reshape(this.energy.forward(tanh(this.hidden.forward(x))), [batch!, 1, time!]);
    const weights = maskedSoftmax(scores, reshape(mask, [batch!, 1, time!]));
    return reshape(matmul(weights, x), [batch!, size!]);
  }
}
