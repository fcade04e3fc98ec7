import { mul } from '../../ops/elementwise.js';
import { randomMask } from '../../ops/shape.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { traceError, type Tensor } from '../../tensor/tensor.js';
import { showShape, type Shape } from '../../tensor/dim.js';
import { isTraining } from '../mode.js';
import { Module } from '../module.js';

/**
 * Dropout (Srivastava et al. 2014): while training, each value becomes 0 with probability `rate`, the others are divided
 * by 1 − rate. The mask of an example depends on its index and the step, not on its neighbours or padding.
 */
export class Dropout extends Module {
  /** @throws UserError unless 0 ≤ rate < 1. */
  constructor(readonly rate: number) {
    super();
    requireOptions(this, 'at least 0 and below 1', { rate });
  }

  forward(x: Tensor): Tensor {
    const mask = this.mask(x.shape);
    return mask ? mul(x, mask) : x;
  }

  /** The mask for a tensor of this shape, or `undefined` where dropout does not act. */
  mask(shape: Shape): Tensor | undefined {
    if (this.rate === 0 || !isTraining()) return undefined;
    if (!shape.includes('batch'))
      throw traceError(
        'dropout',
        `needs the dim 'batch' to tell examples apart, got ${showShape(shape)}; apply it before packing rows.`,
      );
    return randomMask(this.maskShape(shape), this.rate, this.path || 'dropout');
  }

  protected maskShape(shape: Shape): Shape {
    return shape;
  }
}

/** Variational dropout (Gal & Ghahramani 2016): one mask per sequence, the same at every time step.  x [time, batch, D]. */
export class VariationalDropout extends Dropout {
  protected override maskShape(shape: Shape): Shape {
    return [1, ...shape.slice(1)];
  }
}
