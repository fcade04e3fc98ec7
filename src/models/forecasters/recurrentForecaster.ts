import { equal, greater, where } from '../../ops/elementwise.js';
import { scan } from '../../ops/scan.js';
import { concat, positions, randomMask, reshape, split, transpose } from '../../ops/shape.js';
import type { Tensor } from '../../tensor/tensor.js';
import type { CellType, RecurrentActivation } from '../../nn/layers/cells.js';
import { Linear } from '../../nn/layers/linear.js';
import { Recurrent, requireRecurrent } from '../../nn/layers/recurrent.js';
import { isTraining } from '../../nn/mode.js';
import { teacherForcingProbability, type SamplingSchedule } from '../../schedules/samplingSchedule.js';
import { Forecaster, type ForecasterOptions } from './forecaster.js';
import { lastStep } from './lastStep.js';

export interface RecurrentForecasterOptions extends ForecasterOptions {
  readonly cell: CellType;
  /** φ of an 'rnn' cell; 'tanh' by default. An 'lstm' or a 'gru' takes none. */
  readonly activation?: RecurrentActivation;
  readonly hiddenSize: number;
  /** Of encoder and decoder each; 1 by default. */
  readonly layers?: number;
  /** Between the layers; 0 by default. */
  readonly dropout?: number;
  /** Lets the decoder read values of its own in training (Bengio et al. 2015); by default it reads the true ones. */
  readonly scheduledSampling?: SamplingSchedule;
}

/**
 * A recurrent encoder and decoder over real values (Sutskever et al. 2014; the recursive strategy of Taieb et al. 2012):
 * the decoder starts from the encoder's last state and reads the value of the step before: the true one in training
 * (teacher forcing; with scheduled sampling a coin for each example and step says which), its own in a forecast.
 */
export class RecurrentForecaster extends Forecaster {
  protected readonly window = 'window';
  readonly encoder: Recurrent;
  readonly decoder: Recurrent;
  readonly output: Linear;
  private readonly teacherForcing: ((step: number) => number) | undefined;

  /** @throws UserError for a cell, an activation, sizes, a dropout, a schedule or a loss that cannot be. */
  constructor(options: RecurrentForecasterOptions) {
    super(options);
    const { cell, activation, hiddenSize, layers = 1, dropout = 0, scheduledSampling } = options;
    requireRecurrent(this, { cell, activation, dropout, sizes: { hiddenSize, layers } });
    const stack = { inputSize: this.variables, hiddenSize, activation, layers, dropout };
    this.encoder = new Recurrent(cell, stack);
    this.decoder = new Recurrent(cell, stack);
    this.output = new Linear(hiddenSize, this.variables);
    this.teacherForcing = scheduledSampling && teacherForcingProbability(scheduledSampling);
  }

  forecast(series: Tensor): Tensor {
    return this.unroll(series, { sequences: [positions(this.horizon)], masks: [], read: (own) => own });
  }

  protected override teach(series: Tensor, future: Tensor): Tensor {
    // What is not known is read as 0, the mean of a scaled series.
    const known = where(equal(future, future), future, 0);
    const last = reshape(lastStep(series), [series.shape[0]!, 1, this.variables]);
    const shifted = this.horizon === 1 ? last : concat([last, split(known, [this.horizon - 1, 1], 1)[0]!], 1);
    const truth = transpose(shifted, [1, 0, 2]);
    if (this.teacherForcing && isTraining()) return this.teachByCoins(series, truth, this.teacherForcing);
    const { output } = this.decoder.forward(truth, { initial: this.encode(series) });
    return transpose(this.output.forward(output), [1, 0, 2]);
  }

  /** Scheduled sampling over the true values of the steps before, [horizon, batch, variables]. */
  private teachByCoins(series: Tensor, truth: Tensor, teacherForcing: (step: number) => number): Tensor {
    const [time, batch] = truth.shape;
    const site = `${this.path || 'forecaster'}.scheduledSampling`;
    const coins = randomMask([time!, batch!, 1], (step) => 1 - teacherForcing(step), site);
    return this.unroll(series, {
      sequences: [truth, coins],
      masks: this.decoder.stepMasks(time!, batch!),
      read: (own, [real, coin]) => where(greater(coin!, 0), real!, own),
    });
  }

  /** Step by step from the last value of the window. @param read what a step reads, from what the one before has said. */
  private unroll(
    series: Tensor,
    {
      sequences,
      masks,
      read,
    }: {
      sequences: readonly Tensor[];
      masks: readonly Tensor[];
      read: (own: Tensor, slices: readonly Tensor[]) => Tensor;
    },
  ): Tensor {
    const { layers, stateCount } = this.decoder;
    const { outputs } = scan(
      {
        initial: [lastStep(series), ...this.encode(series).flat()],
        sequences: [...sequences, ...masks],
      },
      ([own, ...flat], slices) => {
        const states = Array.from({ length: layers }, (_, i) =>
          flat.slice(i * stateCount, (i + 1) * stateCount),
        );
        const value = read(own!, slices.slice(0, sequences.length));
        const { output, states: next } = this.decoder.step(value, states, slices.slice(sequences.length));
        const y = this.output.forward(output);
        return { carries: [y, ...next.flat()], outputs: [y] };
      },
    );
    return transpose(outputs[0]!, [1, 0, 2]);
  }

  /** The states of each layer after the window. */
  private encode(series: Tensor): Tensor[][] {
    return this.encoder.forward(transpose(series, [1, 0, 2])).states;
  }
}
