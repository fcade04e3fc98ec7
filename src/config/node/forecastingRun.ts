import { hashNumbers } from '../../data/fingerprint.js';
import { readNumbers } from '../../data/node/numbers.js';
import type { NumberTable } from '../../data/numberTable.js';
import type { SeriesWindows } from '../../data/seriesWindows.js';
import { TensorExamples } from '../../data/tensorExamples.js';
import { counted } from '../../formats/terminal.js';
import type { MetricName } from '../../metrics/metrics.js';
import { forecastMetricNames, type ValuePairs } from '../../metrics/values.js';
import type { Forecaster } from '../../models/forecasters/forecaster.js';
import { UserError } from '../../tensor/errors.js';
import type { Metrics } from '../../train/trainer.js';
import { ValueEvaluator } from '../../train/valueEvaluator.js';
import { chosenMetrics } from '../chosenMetrics.js';
import { forecastFigures, forecastMeasurables } from '../forecastFigures.js';
import type { ForecastingConfig } from '../forecastingSchema.js';
import { seriesParts, seriesWindows, splitRows, WINDOWS } from '../forecastingTask.js';
import type { Scaling } from '../scaling.js';
import { valueFigures } from '../values.js';
import { forecastTimes, type ForecastTimes } from './forecastTimes.js';
import { ownData, requireExamples } from './ownData.js';
import {
  TaskRun,
  type EvaluatedPart,
  type LoadedParameters,
  type RunDescription,
  type RunEvaluation,
  type RunEvaluationOptions,
} from './taskRun.js';

type Description = RunDescription<ForecastingConfig, Forecaster> & {
  readonly scaling: Scaling;
};

/** A trained forecaster. */
export class ForecastingRun extends TaskRun<Description> {
  readonly task = 'forecasting';
  readonly scaling: Scaling;
  /** Of scaled values. */
  readonly evaluator: ValueEvaluator;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    const { engine, parameters } = loaded;
    this.scaling = description.scaling;
    this.evaluator = new ValueEvaluator(engine, this.model, parameters);
  }

  /**
   * On every window of the part, of values that are standardised by the training rows, however the model has them scaled: so
   * variables of different units weigh the same and figures compare with published ones; the loss is what is trained on. Beside
   * them each variable in its own unit, and the forecast that repeats the last row.
   */
  async evaluate(part: EvaluatedPart, { metrics }: RunEvaluationOptions = {}): Promise<RunEvaluation> {
    // Errors are scaled by how the training rows changed, which is nothing where they did not.
    const changed = this.scaling.changes?.some((change) => change > 0) ?? false;
    const own = forecastMetricNames.filter((name) => name !== 'mase' || changed);
    const chosen = chosenMetrics(this.config, ['loss', ...own], metrics);
    const { windows, futureOf } = await ('file' in part
      ? this.fileWindows(part.file)
      : this.splitWindows(part.split));
    const evaluation = await this.evaluator.evaluate(windows, WINDOWS);
    const { pairs } = evaluation;
    const repeated = { pairs: { ...pairs, predictions: repeatLast(windows) } };
    return {
      metrics: forecastFigures(evaluation, this.scaling, chosen),
      measurables: forecastMeasurables(
        pairs,
        { windows: windows.count, block: windows.window + windows.horizon },
        this.scaling,
        chosen,
      ),
      // Of the data themselves, so that runs compare however they scale them.
      keys: Array.from({ length: windows.count }, (_, i) =>
        String(hashNumbers([futureOf(i)], windows.horizon)),
      ),
      decoding: 'standardised values',
      answers: [],
      examples: windows.count,
      notes: [],
      comparisons: {
        'the last row repeated': forecastFigures(repeated, this.scaling, chosen),
        ...this.inOwnUnits(pairs, chosen),
      },
    };
  }

  /**
   * The rows that follow a table, in the units of the data: [horizon][variables].
   * @throws UserError when the table has other columns than the model reads, or fewer rows than its window.
   */
  async forecast(file: string): Promise<number[][]> {
    const { window } = this.config.model;
    const variables = this.scaling.names.length;
    const { values, origins } = await this.read(file);
    if (origins.length < window)
      throw new UserError(
        `${file}: too short: ${counted(origins.length, 'row')}, the model reads ${window}. Give more rows.`,
      );
    const { scaler } = this.scaling;
    const last = scaler.transform(values.subarray((origins.length - window) * variables));
    const data = new TensorExamples({ input: 'series', shape: [window, variables], values: last });
    const [forecast] = await this.evaluator.predict(data);
    const inUnits = [...scaler.invert(forecast!)];
    return Array.from({ length: this.model.horizon }, (_, step) =>
      inUnits.slice(step * variables, (step + 1) * variables),
    );
  }

  /**
   * When the rows that follow a table are, where a column of it has dates at equal steps in the rows that the model reads.
   * @throws UserError when the table cannot be read.
   */
  forecastTimes(file: string): Promise<ForecastTimes | undefined> {
    const { window: rows } = this.config.model;
    return forecastTimes({ ...this.config.data.source, file }, { rows, count: this.model.horizon });
  }

  private async splitWindows(split: 'train' | 'validation' | 'test'): Promise<MeasuredWindows> {
    const { file } = this.config.data.source;
    const table = await ownData(() => this.read(file));
    const windows = seriesParts(this.config, table, this.scaling)[split];
    requireExamples(windows ? [windows] : [], split);
    const [from] = splitRows(this.config, table.origins.length)[split];
    const start = split === 'train' ? from : Math.max(0, from - windows!.window);
    return measuredWindows(windows!, table, start);
  }

  /** A file is read as the run's own is, all of it. */
  private async fileWindows(file: string): Promise<MeasuredWindows> {
    const table = await this.read(file);
    return measuredWindows(seriesWindows(this.config, table, this.scaling, { name: file }), table, 0);
  }

  private async read(file: string): Promise<NumberTable> {
    const table = await readNumbers(file, this.config.data.source);
    const { names } = this.scaling;
    if (table.names.join('\t') !== names.join('\t'))
      throw new UserError(
        `${file}: the columns are ${table.names.join(', ')}, the model reads ${names.join(', ')}. Give a table with those.`,
      );
    return table;
  }

  private inOwnUnits(
    { targets, predictions }: ValuePairs,
    metrics: readonly MetricName[],
  ): Record<string, Metrics> {
    const { names, scaler } = this.scaling;
    const [real, said] = [targets, predictions].map((values) => scaler.invert(values));
    const only = (values: Float32Array, variable: number) =>
      values.filter((_, i) => i % names.length === variable);
    return Object.fromEntries(
      names.map((name, variable) => {
        const pairs = { targets: only(real!, variable), predictions: only(said!, variable) };
        return [`${name}, in its own unit`, valueFigures({ pairs }, metrics)];
      }),
    );
  }
}

/** The windows that are measured. */
interface MeasuredWindows {
  readonly windows: SeriesWindows;
  /** What follows a window, in the unit of the data: [horizon · variables]. */
  readonly futureOf: (window: number) => Float64Array;
}

/** @param start the row of the table at which the first window begins. */
function measuredWindows(windows: SeriesWindows, { values }: NumberTable, start: number): MeasuredWindows {
  const { window, horizon, variables } = windows;
  return {
    windows,
    futureOf(index) {
      const from = start + index + window;
      return values.subarray(from * variables, (from + horizon) * variables);
    },
  };
}

/** The last row of each window once more for every step of its horizon, in the order of the windows. */
function repeatLast(windows: SeriesWindows): Float32Array {
  const { count, window, horizon, variables } = windows;
  const said = new Float32Array(count * horizon * variables);
  for (const indices of windows.planEvaluation(WINDOWS)) {
    const { series } = windows.batch(indices);
    indices.forEach((index, row) => {
      const end = (row + 1) * window * variables;
      const last = (series!.data as Float32Array).subarray(end - variables, end);
      for (let step = 0; step < horizon; step++) said.set(last, (index * horizon + step) * variables);
    });
  }
  return said;
}
