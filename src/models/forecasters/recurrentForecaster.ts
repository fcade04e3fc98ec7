import { equal, where } from '../../ops/elementwise.js';
import { scan } from '../../ops/scan.js';
import { concat, positions, reshape, split, transpose } from '../../ops/shape.js';
import type { Tensor } from '../../tensor/tensor.js';
import type { CellType } from '../../nn/layers/cells.js';
import { Linear } from '../../nn/layers/linear.js';
import { Recurrent, requireRecurrent } from '../../nn/layers/recurrent.js';
import { Forecaster, type ForecasterOptions } from './forecaster.js';
import { lastStep } from './lastStep.js';

export interface RecurrentForecasterOptions extends ForecasterOptions {
  readonly cell: CellType;
  readonly hiddenSize: number;
  /** Of encoder and decoder each; 1 by default. */
  readonly layers?: number;
  /** Between the layers; 0 by default. */
  readonly dropout?: number;
}

/**
 * A recurrent encoder and decoder over real values (Sutskever et al. 2014; the recursive strategy of Taieb et al. 2012):
 * the decoder starts from the encoder's last state and reads the value of the step before: the true one in training
 * (teacher forcing), its own in a forecast.
 */
export class RecurrentForecaster extends Forecaster {
  protected readonly window = 'window';
  readonly encoder: Recurrent;
  readonly decoder: Recurrent;
  readonly output: Linear;

  /** @throws UserError for a cell, sizes, a dropout or a loss that cannot be. */
  constructor(options: RecurrentForecasterOptions) {
    super(options);
    const { cell, hiddenSize, layers = 1, dropout = 0 } = options;
    requireRecurrent(this, { cell, dropout, sizes: { hiddenSize, layers } });
    const stack = { inputSize: this.variables, hiddenSize, layers, dropout };
    this.encoder = new Recurrent(cell, stack);
    this.decoder = new Recurrent(cell, stack);
    this.output = new Linear(hiddenSize, this.variables);
  }

  forecast(series: Tensor): Tensor {
    const { layers, stateCount } = this.decoder;
    const { outputs } = scan(
      { initial: [lastStep(series), ...this.encode(series).flat()], sequences: [positions(this.horizon)] },
      ([value, ...flat]) => {
        const states = Array.from({ length: layers }, (_, i) =>
          flat.slice(i * stateCount, (i + 1) * stateCount),
        );
        const { output, states: next } = this.decoder.step(value!, states);
        const y = this.output.forward(output);
        return { carries: [y, ...next.flat()], outputs: [y] };
      },
    );
    return transpose(outputs[0]!, [1, 0, 2]);
  }

  protected override teach(series: Tensor, future: Tensor): Tensor {
    // What is not known is read as 0, the mean of a scaled series.
    const known = where(equal(future, future), future, 0);
    const last = reshape(lastStep(series), [series.shape[0]!, 1, this.variables]);
    const shifted = this.horizon === 1 ? last : concat([last, split(known, [this.horizon - 1, 1], 1)[0]!], 1);
    const { output } = this.decoder.forward(transpose(shifted, [1, 0, 2]), { initial: this.encode(series) });
    return transpose(this.output.forward(output), [1, 0, 2]);
  }

  /** The states of each layer after the window. */
  private encode(series: Tensor): Tensor[][] {
    return this.encoder.forward(transpose(series, [1, 0, 2])).states;
  }
}
