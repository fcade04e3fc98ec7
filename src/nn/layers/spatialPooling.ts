import { div } from '../../ops/elementwise.js';
import { averagePool, maxPool, type PoolOptions } from '../../ops/pool.js';
import { sum } from '../../ops/reduce.js';
import { size } from '../../ops/shape.js';
import type { PerAxis } from '../../ops/window.js';
import { product } from '../../tensor/dim.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { traceError, type Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';

/** A window over [batch, channels, time] or [batch, channels, height, width], moving by its own size by default. */
abstract class SpatialPooling extends Module {
  /** @throws UserError unless sizes and strides are whole numbers from 1, and padding from 0. */
  constructor(
    protected readonly window: PerAxis,
    protected readonly options: PoolOptions = {},
  ) {
    super();
    const { stride = 1, padding = 0 } = options;
    for (const each of [window].flat()) requireOptions(this, 'a whole number from 1', { window: each });
    for (const each of [stride].flat()) requireOptions(this, 'a whole number from 1', { stride: each });
    for (const each of [padding].flat()) requireOptions(this, 'a whole number from 0', { padding: each });
  }

  abstract forward(x: Tensor): Tensor;
}

/** The largest value under a window; see `maxPool`. */
export class MaxPool extends SpatialPooling {
  forward(x: Tensor): Tensor {
    return maxPool(x, this.window, this.options);
  }
}

/** The mean under a window, padding included; see `averagePool`. */
export class AveragePool extends SpatialPooling {
  forward(x: Tensor): Tensor {
    return averagePool(x, this.window, this.options);
  }
}

/** The mean of each channel over all places (Lin et al. 2014): x [batch, channels, ...] → [batch, channels]. */
export class GlobalAveragePool extends Module {
  forward(x: Tensor): Tensor {
    const space = x.shape.slice(2);
    if (space.length === 0) throw traceError('globalAveragePool', `takes [batch, channels, ...], got ${x}.`);
    const axes = space.map((_, i) => i + 2);
    return div(sum(x, axes), size(product(space), x.dtype));
  }
}
