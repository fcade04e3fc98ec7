import { requireOptions } from '../../tensor/requireOptions.js';
import { input, type Tensor } from '../../tensor/tensor.js';
import type { Dim } from '../../tensor/dim.js';
import { Module } from '../../nn/module.js';
import type { Trainable } from '../trainable.js';
import { createValueLoss, type ValueLoss, type ValueLossOptions } from '../valueLoss.js';

export interface ForecasterOptions extends ValueLossOptions {
  /** Values per step; 1 by default. */
  readonly variables?: number;
  /** Steps that are forecast; 1 by default. */
  readonly horizon?: number;
}

/** Says how real-valued series go on: `horizon` steps after the window that it reads. */
export abstract class Forecaster extends Module implements Trainable {
  readonly variables: number;
  readonly horizon: number;
  /** Name of the input with the true values. */
  readonly labels = 'future';
  private readonly valueLoss: ValueLoss;

  /** @throws UserError for sizes or a loss that cannot be. */
  constructor(options: ForecasterOptions) {
    super();
    const { variables = 1, horizon = 1 } = options;
    requireOptions(this, 'a whole number from 1', { variables, horizon });
    this.variables = variables;
    this.horizon = horizon;
    this.valueLoss = createValueLoss(this, options);
  }

  /** Steps of a window: any number where the dim is a name. */
  protected abstract readonly window: Dim;

  /** series [batch, window, variables] → [batch, horizon, variables]. */
  abstract forecast(series: Tensor): Tensor;

  /** What is said in training, where the true values [batch, horizon, variables] may be read up to the step before. */
  protected teach(series: Tensor, _future: Tensor): Tensor {
    return this.forecast(series);
  }

  /**
   * Inputs `series` float32 [batch, window, variables] and `future` float32 [batch, horizon, variables], NaN for what is
   * not known: the loss summed over the other values, and their number.
   */
  traceLoss(): { loss: Tensor; count: Tensor } {
    const future = this.future();
    return this.valueLoss(this.teach(this.series(), future), future);
  }

  /** For evaluation, of what it forecasts on its own: the sums of {@link traceLoss}, and the predictions. */
  score(): { loss: Tensor; count: Tensor; predictions: Tensor } {
    const predictions = this.predictions();
    return { ...this.valueLoss(predictions, this.future()), predictions };
  }

  /** From the input `series`: [batch, horizon, variables]. */
  predictions(): Tensor {
    return this.forecast(this.series());
  }

  private series(): Tensor {
    return input('series', 'float32', ['batch', this.window, this.variables]);
  }

  private future(): Tensor {
    return input(this.labels, 'float32', ['batch', this.horizon, this.variables]);
  }
}
