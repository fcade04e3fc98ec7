import { hashNumbers } from '../data/fingerprint.js';
import type { NumberTable } from '../data/numberTable.js';
import { SeriesWindows } from '../data/seriesWindows.js';
import { splitNames, type SplitName } from '../data/split.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted, groupDigits } from '../formats/terminal.js';
import { stepChanges } from '../metrics/values.js';
import { DirectForecaster } from '../models/forecasters/directForecaster.js';
import type { Forecaster } from '../models/forecasters/forecaster.js';
import { LinearForecaster } from '../models/forecasters/linearForecaster.js';
import { RecurrentForecaster } from '../models/forecasters/recurrentForecaster.js';
import { RecurrentSeriesEncoder, TransformerSeriesEncoder } from '../models/forecasters/seriesEncoders.js';
import { UserError } from '../tensor/errors.js';
import { ValueEvaluator } from '../train/valueEvaluator.js';
import { forecastFigures } from './forecastFigures.js';
import type { ForecastingConfig } from './forecastingSchema.js';
import { buildOptimization } from './optimization.js';
import { fitScaling, scalingFile, scalingToJson, type Scaling } from './scaling.js';
import { drawIndices, onlyThese } from './someExamples.js';
import { SAMPLES, type Task, type TaskEvaluator } from './task.js';
import { shownValues } from './values.js';

/** A forecaster and its data. */
export interface ForecastingTask extends Task {
  readonly scaling: Scaling;
  readonly train: SeriesWindows;
  readonly validation: SeriesWindows | undefined;
  readonly test: SeriesWindows | undefined;
  readonly model: Forecaster;
}

/**
 * Builds what a configuration describes. The scaling comes from the training rows alone.
 * @throws UserError when the table does not fit the configuration.
 */
export function buildForecastingTask(config: ForecastingConfig, table: NumberTable): ForecastingTask {
  const { training } = config;
  const { names } = table;
  const rows = splitRows(config, table.origins.length);
  const known = table.values.subarray(0, rows.train[1] * names.length);
  const fitted = fitScaling({ names, values: known }, config.data.scaling);
  const changes = stepChanges(fitted.scaler.transform(known), names.length);
  const scaling = { ...fitted, changes: changes.every(Number.isFinite) ? changes : undefined };
  const parts = seriesParts(config, table, scaling);
  const train = parts.train;
  if (!train)
    throw new UserError('data.split leaves nothing to train on. Give more rows, or smaller shares.');
  const { validation, test } = parts;
  const model = buildForecaster(config, names.length);
  const { window, horizon } = config.model;
  return {
    ...buildOptimization(training, train),
    scaling,
    train,
    validation,
    test,
    model,
    reads: undefined,
    heldOut: { validation: validation?.count, test: test?.count },
    fingerprint: hashNumbers([known], known.length),
    files: {
      [scalingFile]: scalingToJson(scaling),
    },
    facts: {
      data: `${groupDigits(train.count)} windows of ${groupDigits(rows.train[1])} rows of ${counted(names.length, 'variable')}`,
      notes: [],
      model: `${counted(window, 'row')} read, ${horizon} forecast`,
    },
    createEvaluator: (engine, parameters) =>
      forecastingEvaluator(
        config,
        { model, scaling, validation, from: rows.validation[0] },
        engine,
        parameters,
      ),
  };
}

/** The model that a configuration describes, without values. */
export function buildForecaster({ model, training }: ForecastingConfig, variables: number): Forecaster {
  const { loss, delta, scheduledSampling } = training;
  const { window, horizon } = model;
  const options = { variables, horizon, loss, delta };
  switch (model.type) {
    case 'linear':
      return new LinearForecaster({ ...options, window });
    case 'recurrent':
      return new DirectForecaster({
        ...options,
        encoder: new RecurrentSeriesEncoder({ ...model, variables }),
        dropout: model.dropout,
      });
    case 'transformer':
      return new DirectForecaster({
        ...options,
        encoder: new TransformerSeriesEncoder({ ...model, variables, maxLength: window }),
        dropout: model.dropout,
      });
    case 'recurrent-decoder':
      return new RecurrentForecaster({ ...options, ...model, scheduledSampling });
  }
}

/** The rows of each part, from the first to before the last. @throws UserError when there are too few. */
export function splitRows(
  { data: { split } }: ForecastingConfig,
  count: number,
): Record<SplitName, readonly [number, number]> {
  const rowsOf = (amount: number) => (amount < 1 ? Math.round(amount * count) : amount);
  const [validation, test] = [rowsOf(split.validation), rowsOf(split.test)];
  const rest = count - validation - test;
  // Shares of 1 in all may round to one row more than there are.
  const wanted = split.train === undefined ? rest : rowsOf(split.train);
  const train = split.train !== undefined && split.train >= 1 ? wanted : Math.min(wanted, rest);
  const end = train + validation + test;
  if (train < 1 || end > count)
    throw new UserError(
      `data.split asks for ${groupDigits(validation + test + Math.max(train, 1))} rows, the table has ${groupDigits(count)}. Lower its numbers.`,
    );
  return { train: [0, train], validation: [train, train + validation], test: [train + validation, end] };
}

/**
 * The windows of each part, undefined for one without rows. What is forecast lies in the part, what is read may lie in the
 * rows before it.
 * @throws UserError for a part that is too short for a window.
 */
export function seriesParts(
  config: ForecastingConfig,
  table: NumberTable,
  scaling: Scaling,
): Record<SplitName, SeriesWindows | undefined> {
  const rows = splitRows(config, table.origins.length);
  const { window } = config.model;
  const parts = splitNames.map((name) => {
    const [from, to] = rows[name];
    const start = name === 'train' ? from : Math.max(0, from - window);
    return [name, from < to ? seriesWindows(config, table, scaling, { name, start, to }) : undefined];
  });
  return Object.fromEntries(parts) as Record<SplitName, SeriesWindows | undefined>;
}

/** The windows in some rows of a table. @throws UserError when there are too few. */
export function seriesWindows(
  { model: { window, horizon } }: ForecastingConfig,
  { values, origins }: NumberTable,
  { names, scaler }: Scaling,
  { name, start = 0, to = origins.length }: { name: string; start?: number; to?: number },
): SeriesWindows {
  const variables = names.length;
  if (to - start < window + horizon)
    throw new UserError(
      `${name}: too short: ${counted(to - start, 'row')}, but a window of ${window} and a horizon of ${horizon} need ${window + horizon}. Give more rows, or lower model.window or model.horizon.`,
    );
  const series = scaler.transform(values.subarray(start * variables, to * variables));
  return new SeriesWindows({ series: [series], variables, window, horizon });
}

/** Steps of a forecast that are shown of a sample: what fits beside the true ones. */
const STEPS = 3;

/** Windows measured together. */
export const WINDOWS = 64;

function forecastingEvaluator(
  config: ForecastingConfig,
  {
    model,
    scaling,
    validation,
    from,
  }: Pick<ForecastingTask, 'model' | 'scaling' | 'validation'> & { from: number },
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): TaskEvaluator {
  const evaluator = new ValueEvaluator(engine, model, parameters);
  // The rows before what the first window forecasts.
  const first = Math.max(from, config.model.window);
  const drawn = validation && drawIndices(validation.count, config.training.validation.examples);
  return {
    async validate(metrics) {
      if (!validation) return {};
      const evaluation = await evaluator.evaluate(onlyThese(validation, drawn!), WINDOWS);
      return forecastFigures(evaluation, scaling, metrics);
    },
    async samples() {
      if (!validation) return [];
      const shown = drawn!.slice(0, SAMPLES);
      const answers = await evaluator.predict(onlyThese(validation, shown), SAMPLES);
      // Several variables side by side say nothing to the eye.
      const [name] = scaling.names;
      const ofFirst = (values: Float32Array) =>
        scaling.scaler.invert(values).filter((_, i) => i % scaling.names.length === 0);
      return shown.map((index) => {
        const { future } = validation.batch(Int32Array.of(index));
        const [target, prediction] = [future!.data as Float32Array, answers[index]!].map(ofFirst);
        const errors = target!.map((value, step) => Math.abs(value - prediction![step]!));
        const error = errors.reduce((sum, each) => sum + each, 0) / errors.length;
        return {
          source: `${name!} after row ${groupDigits(first + index)}`,
          target: shownValues(target!, STEPS),
          prediction: shownValues(prediction!, STEPS),
          error: `mean error ${Number(error.toPrecision(2))}`,
        };
      });
    },
  };
}
