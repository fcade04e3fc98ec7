import { readNumbers } from '../../data/node/numbers.js';
import { valueMetricNames } from '../../metrics/values.js';
import type { RunDirectory } from '../../formats/node/runDirectory.js';
import type { Regressor } from '../../models/regressor.js';
import { UserError } from '../../tensor/errors.js';
import { tokenizerFromJson } from '../../text/tokenizerJson.js';
import { ValueEvaluator } from '../../train/valueEvaluator.js';
import { contextKindOf, type AskedText, type ContextKind } from '../askedTexts.js';
import { chosenMetrics } from '../chosenMetrics.js';
import type { RegressionConfig } from '../regressionSchema.js';
import { encodeValued, EXAMPLES, regressionFiles, type ValueEncoding } from '../regressionTask.js';
import { scalingFile } from '../scaling.js';
import { encodeFeatures } from '../tableInputs.js';
import { encodeTextColumns } from '../textColumns.js';
import type { ValuedExamples } from '../valuedExamples.js';
import { shownValues, valueFigures, valueMeasurables } from '../values.js';
import { keyOfAnswer, ownData, requireExamples } from './ownData.js';
import { readAsked } from './readAsked.js';
import { readValued, readValuedTable } from './readValued.js';
import { readScaling } from './scaling.js';
import {
  TaskRun,
  type EvaluatedPart,
  type HeadEvaluation,
  type LoadedParameters,
  type RunDescription,
  type RunEvaluationOptions,
} from './taskRun.js';

/** What the regressor of a run reads and says. @throws UserError when the files were edited. */
export async function readValueEncoding(run: RunDirectory, config: RegressionConfig): Promise<ValueEncoding> {
  const { tokenizer, features } = regressionFiles;
  const { source } = config.data;
  return {
    text:
      source.text === undefined
        ? undefined
        : tokenizerFromJson(await run.readJson(tokenizer), run.file(tokenizer)),
    features: source.features && (await readScaling(run, features)),
    values: await readScaling(run, scalingFile),
  };
}

type Description = RunDescription<RegressionConfig, Regressor> & { readonly valued: ValueEncoding };

/** A trained regressor. */
export class RegressionRun extends TaskRun<Description> {
  readonly task = 'regression';
  readonly encoding: ValueEncoding;
  /** In the units of the data. */
  readonly evaluator: ValueEvaluator;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    const { engine, parameters } = loaded;
    this.encoding = description.valued;
    this.evaluator = new ValueEvaluator(engine, this.model, parameters, this.encoding.values.scaler);
  }

  /** What stands beside a text. */
  get contextKind(): ContextKind {
    return contextKindOf(this.config.model.context, this.encoding.features);
  }

  /** In the units of the data, but the loss, which is of scaled values. */
  async evaluate(part: EvaluatedPart, { metrics }: RunEvaluationOptions = {}): Promise<HeadEvaluation> {
    const { source, image } = this.config.data;
    const reading = { badRows: this.badRows, image };
    const examples =
      'file' in part
        ? await readValuedTable({ ...source, file: part.file }, reading)
        : (await ownData(() => readValued(this.config, this.badRows)))[part.split];
    requireExamples(examples.origins, 'file' in part ? 'train' : part.split);
    return this.measure(examples, metrics);
  }

  /**
   * Figures of the model on examples, in the units of the data, but the loss, which is of scaled values.
   * @param asked names of what is measured, as for `evaluate`. @throws UserError when the examples do not fit.
   */
  async measure(examples: ValuedExamples, asked?: readonly string[]): Promise<HeadEvaluation> {
    const chosen = chosenMetrics(this.config, ['loss', ...valueMetricNames], asked);
    const { data, shown } = encodeValued(examples, this.encoding, this.model);
    const evaluation = await this.evaluator.evaluate(data, EXAMPLES);
    const { pairs } = evaluation;
    const { targets, predictions } = pairs;
    const { names, means } = this.encoding.values;
    const row = (values: ArrayLike<number>, i: number) =>
      shownValues(names.map((_, v) => values[i * names.length + v]!));
    const mean = { ...pairs, predictions: Array.from(targets, (_, i) => means[i % names.length]!) };
    const count = examples.origins.length;
    const answers = examples.origins.map((_, i) => ({
      source: shown(i),
      references: [row(targets, i)],
      prediction: row(predictions, i),
    }));
    return {
      metrics: valueFigures(evaluation, chosen),
      decoding: 'in the units of the data',
      answers,
      measurables: valueMeasurables(pairs, count, chosen),
      keys: answers.map(keyOfAnswer),
      examples: count,
      count: evaluation.count,
      notes: [],
      comparisons: { 'the mean of the training data': valueFigures({ pairs: mean }, chosen) },
    };
  }

  /**
   * The values of texts, [texts][values]; where the model reads contexts, of texts with theirs.
   * @param originOf where text i stands, for messages.
   * @throws UserError for a text that is empty or too long for the model, or lacks its context, and for a model of
   * features alone.
   */
  async valueTexts(
    texts: readonly AskedText[],
    originOf = (index: number) => `text ${index + 1}`,
  ): Promise<Float32Array[]> {
    const { text } = this.encoding;
    if (!text) throw new UserError('The model reads features, not texts. Give a table of them.');
    const kind = this.contextKind;
    const columns = await readAsked(texts, { kind, image: this.config.data.image, originOf });
    const data = encodeTextColumns(columns, { ...this.encoding, text }, this.model.encoder, originOf);
    return this.evaluator.predict(data, EXAMPLES);
  }

  /** The values of each row of a table of features: [rows][values]. @throws UserError when it has other columns. */
  async valueRows(file: string): Promise<Float32Array[]> {
    const { source } = this.config.data;
    if (this.encoding.text) throw new UserError(`The model reads texts, ${file} has features.`);
    const table = await readNumbers(file, { ...source, columns: source.features });
    return this.evaluator.predict(encodeFeatures(table, this.encoding.features!), EXAMPLES);
  }
}
