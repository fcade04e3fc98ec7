import { transpose } from '../../ops/shape.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Linear } from '../../nn/layers/linear.js';
import { Forecaster, type ForecasterOptions } from './forecaster.js';

/**
 * Each variable's next steps as a linear map of its own window, the same for all variables (Zeng et al. 2023): few
 * parameters, and hard to beat where series are periodic.
 */
export class LinearForecaster extends Forecaster {
  protected readonly window: number;
  readonly output: Linear;

  /** @throws UserError for sizes or a loss that cannot be. */
  constructor(options: ForecasterOptions & { readonly window: number }) {
    super(options);
    requireOptions(this, 'a whole number from 1', { window: options.window });
    this.window = options.window;
    this.output = new Linear(this.window, this.horizon);
  }

  forecast(series: Tensor): Tensor {
    return transpose(this.output.forward(transpose(series, [0, 2, 1])), [0, 2, 1]);
  }
}
