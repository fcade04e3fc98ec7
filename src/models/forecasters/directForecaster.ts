import { reshape } from '../../ops/shape.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Dropout } from '../../nn/layers/dropout.js';
import { Linear } from '../../nn/layers/linear.js';
import type { VectorModule } from '../featureEncoder.js';
import { Forecaster, type ForecasterOptions } from './forecaster.js';

export interface DirectForecasterOptions extends ForecasterOptions {
  /** Makes a vector of a window: [batch, window, variables] → [batch, outputSize]. */
  readonly encoder: VectorModule & { readonly outputSize: number };
  /** Of the vector, before the output layer; 0 by default. */
  readonly dropout?: number;
}

/**
 * All steps at once from a vector of the window (the direct strategy with several outputs, Taieb et al. 2012): errors of
 * a step do not enter the next one.
 */
export class DirectForecaster extends Forecaster {
  protected readonly window = 'window';
  readonly encoder: VectorModule;
  readonly output: Linear;
  private readonly dropout: Dropout;

  /** @throws UserError for sizes, a dropout or a loss that cannot be. */
  constructor(options: DirectForecasterOptions) {
    super(options);
    this.encoder = options.encoder;
    this.dropout = new Dropout(options.dropout ?? 0);
    this.output = new Linear(options.encoder.outputSize, this.horizon * this.variables);
  }

  forecast(series: Tensor): Tensor {
    const y = this.output.forward(this.dropout.forward(this.encoder.forward(series)));
    return reshape(y, [series.shape[0]!, this.horizon, this.variables]);
  }
}
