import { readNumbers } from '../../data/node/numbers.js';
import type { EvaluationData } from '../../data/trainingData.js';
import { multiLabelMetricNames } from '../../metrics/multiLabel.js';
import type { MultiLabelClassifier } from '../../models/multiLabelClassifier.js';
import { UserError } from '../../tensor/errors.js';
import { ValueEvaluator } from '../../train/valueEvaluator.js';
import { contextKindOf, type AskedText, type ContextKind } from '../askedTexts.js';
import { chosenMetrics } from '../chosenMetrics.js';
import type { ClassEncoding } from '../classExamples.js';
import type { LabelledRows } from '../labelledRows.js';
import type { MultiLabelConfig } from '../multiLabelSchema.js';
import {
  encodeMultiLabel,
  EXAMPLES,
  measuredBy,
  multiLabelFigures,
  multiLabelMeasurables,
  saidLabels,
} from '../multiLabelTask.js';
import { encodeFeatures } from '../tableInputs.js';
import { encodeTextColumns } from '../textColumns.js';
import type { ClassPrediction } from './classificationRun.js';
import { keyOfAnswer, ownData, requireExamples } from './ownData.js';
import { readAsked } from './readAsked.js';
import { readLabelledRows } from './readLabelledRows.js';
import { readMultiLabel } from './readMultiLabel.js';
import {
  TaskRun,
  type EvaluatedPart,
  type LoadedParameters,
  type RunDescription,
  type RunEvaluation,
  type RunEvaluationOptions,
} from './taskRun.js';

type Description = RunDescription<MultiLabelConfig, MultiLabelClassifier> & {
  readonly classes: ClassEncoding;
};

/** A trained model that says several labels. */
export class MultiLabelRun extends TaskRun<Description> {
  readonly task = 'multi-label';
  readonly encoding: ClassEncoding;
  readonly evaluator: ValueEvaluator;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    const { engine, parameters } = loaded;
    this.encoding = description.classes;
    this.evaluator = new ValueEvaluator(engine, this.model, parameters);
  }

  /** What stands beside a text. */
  get contextKind(): ContextKind {
    return contextKindOf(this.config.model.context, this.encoding.features);
  }

  /** Whether it reads rows of features, and no texts beside them. */
  get readsRows(): boolean {
    return this.config.data.source.columns.text === undefined;
  }

  async evaluate(part: EvaluatedPart, { metrics }: RunEvaluationOptions = {}): Promise<RunEvaluation> {
    const { source, image } = this.config.data;
    const reading = { badRows: this.badRows, image, unlabelled: true };
    const rows =
      'file' in part
        ? await readLabelledRows({ ...source, file: part.file }, reading)
        : (await ownData(() => readMultiLabel(this.config, this.badRows)))[part.split];
    requireExamples(rows.origins, 'file' in part ? 'train' : part.split);
    return this.measure(rows, metrics);
  }

  /**
   * Figures of the model on labelled rows.
   * @param asked names of what is measured, as for `evaluate`. @throws UserError when the rows do not fit.
   */
  async measure(rows: LabelledRows, asked?: readonly string[]): Promise<RunEvaluation> {
    const { threshold } = this.config.decoding;
    const chosen = chosenMetrics(this.config, ['loss', ...multiLabelMetricNames], asked);
    const { data, count, labels, shown } = encodeMultiLabel(rows, this.config, this.encoding, this.model);
    const measured = measuredBy(await this.evaluator.evaluate(data, EXAMPLES), this.encoding);
    const answers = measured.examples.map(({ probabilities }, i) => ({
      source: shown(i),
      references: [this.joined(labels[i]!)],
      prediction: this.joined(this.said(probabilities).map(({ label }) => label)),
    }));
    return {
      metrics: multiLabelFigures(measured, chosen, threshold),
      decoding: `labels of a probability from ${threshold} on`,
      answers,
      measurables: multiLabelMeasurables(measured.examples, chosen, threshold),
      keys: answers.map(keyOfAnswer),
      examples: count,
      notes: [],
    };
  }

  /** Labels as the data have them: with the separator between. */
  joined(labels: readonly string[]): string {
    return labels.join(this.config.data.labelSeparator);
  }

  /**
   * The labels of texts whose probability reaches the threshold, likeliest first; where the model reads contexts, of texts
   * with theirs.
   * @param originOf where text i stands, for messages.
   * @throws UserError for a text that is empty or too long for the model, or lacks its context, and for a model of features.
   */
  async labelTexts(
    texts: readonly AskedText[],
    originOf = (index: number) => `text ${index + 1}`,
  ): Promise<ClassPrediction[][]> {
    if (this.readsRows) throw new UserError('The model reads features, not texts. Give a table of them.');
    const kind = this.contextKind;
    const columns = await readAsked(texts, { kind, image: this.config.data.image, originOf });
    return this.label(encodeTextColumns(columns, this.encoding, this.model.encoder, originOf));
  }

  /** The same of each row of a table of features. @throws UserError when it has other columns. */
  async labelRows(file: string): Promise<ClassPrediction[][]> {
    const { features } = this.encoding;
    const { columns, ...form } = this.config.data.source;
    if (!features || !this.readsRows) throw new UserError(`The model reads texts, ${file} has features.`);
    const table = await readNumbers(file, { ...form, columns: columns.features });
    return this.label(encodeFeatures(table, features));
  }

  private async label(data: EvaluationData): Promise<ClassPrediction[][]> {
    const answers = await this.evaluator.predict(data, EXAMPLES);
    return answers.map((probabilities) => this.said(probabilities));
  }

  private said(probabilities: ArrayLike<number>): ClassPrediction[] {
    return saidLabels(this.encoding, probabilities, this.config.decoding.threshold);
  }
}
