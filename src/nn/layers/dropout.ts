import { mul } from '../../ops/elementwise.js';
import { randomMask } from '../../ops/shape.js';
import { traceError, type Tensor } from '../../tensor/tensor.js';
import type { Shape } from '../../tensor/dim.js';
import { isTraining } from '../mode.js';
import { Module } from '../module.js';

/**
 * Dropout (Srivastava et al. 2014): while training, each value becomes 0 with probability `rate`, the others are divided
 * by 1 − rate. The mask of an example depends on its index and the step, not on its neighbours or padding.
 */
export class Dropout extends Module {
  /** @throws RangeError unless 0 ≤ rate < 1. */
  constructor(readonly rate: number) {
    super();
    if (!(rate >= 0 && rate < 1)) throw new RangeError(`A dropout rate lies in [0, 1), got ${rate}.`);
  }

  forward(x: Tensor): Tensor {
    return this.apply(x, x.shape);
  }

  protected apply(x: Tensor, shape: Shape): Tensor {
    if (this.rate === 0 || !isTraining()) return x;
    if (!shape.includes('batch'))
      throw traceError(
        'dropout',
        `needs the dim 'batch' to tell examples apart, got ${x}; apply it before packing rows.`,
      );
    return mul(x, randomMask(shape, this.rate, this.path || 'dropout'));
  }
}

/** Variational dropout (Gal & Ghahramani 2016): one mask per sequence, the same at every time step.  x [time, batch, D]. */
export class VariationalDropout extends Dropout {
  override forward(x: Tensor): Tensor {
    return this.apply(x, [1, ...x.shape.slice(1)]);
  }
}
