import type { Feeds } from '../engine/feeds.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { planAll, planByLength, type EpochOptions } from './epochPlan.js';
import type { BatchLimit, EvaluationData, TrainingData } from './trainingData.js';

export interface SeriesWindowsOptions {
  /** One or several series, each [time, variables] row-major and scaled as the model takes it. */
  readonly series: readonly Float32Array[];
  /** 1 by default. */
  readonly variables?: number;
  /** Steps that are read. */
  readonly window: number;
  /** Steps that follow, and are to be forecast; 1 by default. */
  readonly horizon?: number;
}

/**
 * Windows of series, each with what follows it; one begins at every step that leaves room for it. For figures on later
 * steps than those that were trained on, give the `window` steps before them too.
 */
export class SeriesWindows implements TrainingData, EvaluationData {
  readonly variables: number;
  readonly window: number;
  readonly horizon: number;
  private readonly series: readonly Float32Array[];
  /** Windows of all series before each, and at last of all. */
  private readonly offsets: readonly number[];

  /** @throws UserError for sizes that cannot be, values that are no whole steps, and where no series has room for a window. */
  constructor({ series, variables = 1, window, horizon = 1 }: SeriesWindowsOptions) {
    requireOptions(this, 'a whole number from 1', { variables, window, horizon });
    this.series = series;
    this.variables = variables;
    this.window = window;
    this.horizon = horizon;
    const offsets = [0];
    series.forEach(({ length }, i) => {
      if (length % variables !== 0)
        throw new UserError(
          `SeriesWindows: the ${length} values of series ${i + 1} do not make up steps of ${variables}.`,
        );
      offsets.push(offsets[i]! + Math.max(0, length / variables - window - horizon + 1));
    });
    this.offsets = offsets;
    if (this.count === 0)
      throw new UserError(
        `SeriesWindows: no series has the ${window + horizon} steps of a window of ${window} and a horizon of ${horizon}. Give longer ones, or shorten these.`,
      );
  }

  /** Number of windows. */
  get count(): number {
    return this.offsets.at(-1)!;
  }

  /** Random batches; under `batchTokens` each step of window and horizon is a token. */
  plan(limit: BatchLimit, options: EpochOptions): Int32Array[] {
    const source = new Int32Array(this.count).fill(this.window);
    const target = new Int32Array(this.count).fill(this.horizon);
    const originOf = (index: number) => `window ${index + 1}`;
    return planByLength({ source, target }, limit, { ...options, bucketBy: 'none', originOf });
  }

  planEvaluation(batchSize: number): Int32Array[] {
    return planAll(this.count, batchSize);
  }

  /** `series` [batch, window, variables], `future` [batch, horizon, variables], and `exampleIndex` [batch]. */
  batch(indices: Int32Array): Feeds {
    const { variables, window, horizon } = this;
    const parts = (from: number, steps: number): Feeds[string] => {
      const data = new Float32Array(indices.length * steps * variables);
      indices.forEach((index, b) => {
        const { series, start } = this.locate(index);
        const first = (start + from) * variables;
        data.set(series.subarray(first, first + steps * variables), b * steps * variables);
      });
      return { dtype: 'float32', shape: [indices.length, steps, variables], data };
    };
    return {
      series: parts(0, window),
      future: parts(window, horizon),
      exampleIndex: { dtype: 'int32', shape: [indices.length], data: indices.slice() },
    };
  }

  /** The series that a window lies in, and the step where it begins there. */
  private locate(index: number): { series: Float32Array; start: number } {
    let [low, high] = [0, this.series.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.offsets[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return { series: this.series[low]!, start: index - this.offsets[low]! };
  }
}
