import { hashNumbers } from '../data/fingerprint.js';
import { valueLabels } from '../data/labels.js';
import type { SplitName } from '../data/split.js';
import type { EvaluationData, TrainingData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted, groupDigits } from '../formats/terminal.js';
import { figureOf, measurable } from '../metrics/exampleSums.js';
import type { Measurables, MetricName } from '../metrics/metrics.js';
import { multiLabelMetric, multiLabelMetricNames, type MultiLabelExample } from '../metrics/multiLabel.js';
import type { ValuePairs } from '../metrics/values.js';
import { MultiLabelClassifier } from '../models/multiLabelClassifier.js';
import { UserError } from '../tensor/errors.js';
import { hashText } from '../tensor/random.js';
import { LabelSet } from '../text/labelSet.js';
import { tokenizerToJson } from '../text/tokenizerJson.js';
import { featuresOfBag, vectorizerToJson } from '../text/vectorizerJson.js';
import { ValueEvaluator, type ValueEvaluation } from '../train/valueEvaluator.js';
import type { Metrics } from '../train/trainer.js';
import { buildInputFeatures, type InputParts } from './buildInputFeatures.js';
import type { ClassEncoding } from './classExamples.js';
import { classificationFiles, ofRows } from './classificationTask.js';
import type { KnownEncodings } from './initialValues.js';
import type { LabelledRows } from './labelledRows.js';
import type { MultiLabelConfig } from './multiLabelSchema.js';
import { buildOptimization } from './optimization.js';
import { scalingToJson } from './scaling.js';
import { drawIndices, onlyThese } from './someExamples.js';
import { contentOf, encodeInputs, readWords, shownInput } from './tableInputs.js';
import { SAMPLES, type Task, type TaskEvaluator } from './task.js';
import { textInputsOf } from './textColumns.js';

/** A model that says several labels, and its data. */
export interface MultiLabelTask extends Task {
  readonly encoding: ClassEncoding;
  readonly model: MultiLabelClassifier;
}

/** A part of the data as the model reads it. */
export interface MultiLabelExamples {
  readonly data: TrainingData & EvaluationData;
  readonly count: number;
  /** The labels of each example. */
  readonly labels: readonly (readonly string[])[];
  /** An example in words, for people. */
  readonly shown: (index: number) => string;
}

/** The labels in a cell, each once. */
export function labelsIn(cell: string, separator: string): string[] {
  const labels = cell.split(separator).map((label) => label.trim());
  return [...new Set(labels.filter((label) => label !== ''))];
}

/**
 * Builds what a configuration describes. Vocabulary, scaling and labels come from the training split alone.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildMultiLabelTask(
  config: MultiLabelConfig,
  data: Readonly<Record<SplitName, LabelledRows>>,
  encodings?: KnownEncodings,
): MultiLabelTask {
  const { train: known } = data;
  if (known.origins.length === 0)
    throw new UserError('data.split leaves nothing to train on. Give more data, or smaller shares.');
  const names = known.labels.flatMap((cell) => labelsIn(cell, config.data.labelSeparator));
  if (names.length === 0)
    throw new UserError(
      'the training data have no label. Check the column of labels (data.source.columns.label).',
    );
  const encoding = ofRows(config, known, LabelSet.build(names), encodings);
  const model = buildMultiLabelClassifier(config, encoding, { known: known.features });
  const part = (name: SplitName) =>
    data[name].origins.length > 0 ? encodeMultiLabel(data[name], config, encoding, model) : undefined;
  const train = part('train')!;
  const [validation, test] = [part('validation'), part('test')];
  const { labels, text, bag, features } = encoding;
  const { classes, tokenizer, vectorizer, features: scaling } = classificationFiles;
  return {
    ...buildOptimization(config.training, train.data),
    encoding,
    train: train.data,
    model,
    reads: text,
    heldOut: { validation: validation?.count, test: test?.count },
    augmentable: { texts: textInputsOf(model.encoder, text) },
    fingerprint: hashNumbers([...contentOf(known), known.labels.map((cell) => hashText(cell))], train.count),
    files: {
      [classes]: { labels: labels.names },
      ...(text && { [tokenizer]: tokenizerToJson(text) }),
      ...(bag && { [vectorizer]: vectorizerToJson(bag) }),
      ...(features && { [scaling]: scalingToJson(features) }),
    },
    facts: {
      data: `${groupDigits(train.count)} ${known.texts ? 'texts' : 'rows'} with ${(names.length / train.count).toFixed(1)} of ${counted(labels.size, 'label')} each`,
      notes: [],
      model: [
        ...readWords({ text, features, image: config.data.image }),
        ...(bag ? [`${groupDigits(featuresOfBag(bag).length)} terms`] : []),
      ].join(', '),
    },
    createEvaluator: (engine, parameters) =>
      multiLabelEvaluator(config, { model, encoding, validation }, engine, parameters),
  };
}

/** The model that a configuration describes, without values. */
export function buildMultiLabelClassifier(
  config: MultiLabelConfig,
  encoding: ClassEncoding,
  parts: InputParts = {},
): MultiLabelClassifier {
  return new MultiLabelClassifier({
    encoder: buildInputFeatures(config, encoding, parts),
    classes: encoding.labels.size,
    dropout: config.model.dropout,
    positiveWeight: config.training.positiveWeight,
  });
}

/** Examples with their labels. @throws UserError naming a text that is empty or too long, or a label that is not known. */
export function encodeMultiLabel(
  rows: LabelledRows,
  { data: { labelSeparator } }: MultiLabelConfig,
  encoding: ClassEncoding,
  model: MultiLabelClassifier,
): MultiLabelExamples {
  const { size } = encoding.labels;
  const count = rows.origins.length;
  const labels = rows.labels.map((cell) => labelsIn(cell, labelSeparator));
  const targets = new Float32Array(count * size);
  labels.forEach((own, i) => {
    for (const label of own) targets[i * size + encoding.labels.idOf(label, rows.origins[i]!)] = 1;
  });
  const data = encodeInputs(rows, encoding, model.encoder, [valueLabels(targets, size, model.labels)]);
  return { data, count, labels, shown: (i) => shownInput(rows, i) };
}

/** The labels of an example that are likely enough, the likeliest first. @param probabilities of all labels. */
export function saidLabels(
  { labels: { names } }: ClassEncoding,
  probabilities: ArrayLike<number>,
  threshold: number,
): { readonly label: string; readonly probability: number }[] {
  return names
    .map((label, i) => ({ label, probability: probabilities[i]! }))
    .filter(({ probability }) => probability >= threshold)
    .sort((a, b) => b.probability - a.probability);
}

/** Examples that were measured, one by one. */
export function measuredExamples({ targets, predictions }: ValuePairs, classes: number): MultiLabelExample[] {
  return Array.from({ length: targets.length / classes }, (_, i) => {
    const [from, to] = [i * classes, (i + 1) * classes];
    const row = (values: ArrayLike<number>) =>
      Array.from({ length: to - from }, (__, c) => values[from + c]!);
    return { targets: row(targets), probabilities: row(predictions) };
  });
}

/** Figures of a measured model. */
export function multiLabelFigures(
  { loss, examples }: { readonly loss: number; readonly examples: readonly MultiLabelExample[] },
  metrics: readonly MetricName[],
  threshold: number,
): Metrics {
  const names = multiLabelMetricNames.filter((name) => metrics.includes(name));
  return {
    ...(metrics.includes('loss') && { loss }),
    ...Object.fromEntries(names.map((name) => [name, figureOf(multiLabelMetric(name, threshold), examples)])),
  };
}

/** The same of any choice of the examples, but the loss. */
export function multiLabelMeasurables(
  examples: readonly MultiLabelExample[],
  metrics: readonly MetricName[],
  threshold: number,
): Measurables {
  const names = multiLabelMetricNames.filter((name) => metrics.includes(name));
  return Object.fromEntries(
    names.map((name) => [name, measurable(multiLabelMetric(name, threshold), examples)]),
  );
}

/** Measures the model while it trains. */
function multiLabelEvaluator(
  { training: { validation: options }, data: { labelSeparator }, decoding: { threshold } }: MultiLabelConfig,
  {
    model,
    encoding,
    validation,
  }: {
    model: MultiLabelClassifier;
    encoding: ClassEncoding;
    validation: MultiLabelExamples | undefined;
  },
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): TaskEvaluator {
  const evaluator = new ValueEvaluator(engine, model, parameters);
  const drawn = validation && drawIndices(validation.count, options.examples);
  return {
    async validate(metrics) {
      if (!validation) return {};
      const evaluation = await evaluator.evaluate(onlyThese(validation.data, drawn!), EXAMPLES);
      return multiLabelFigures(measuredBy(evaluation, encoding), metrics, threshold);
    },
    async samples() {
      if (!validation) return [];
      const shown = drawn!.slice(0, SAMPLES);
      const answers = await evaluator.predict(onlyThese(validation.data, shown), SAMPLES);
      const joined = (labels: readonly string[]) => labels.join(labelSeparator);
      return shown.map((index) => ({
        source: validation.shown(index),
        target: joined(validation.labels[index]!),
        prediction: joined(saidLabels(encoding, answers[index]!, threshold).map(({ label }) => label)),
      }));
    },
  };
}

/** Loss and examples of an evaluation. */
export function measuredBy(
  { loss, pairs }: ValueEvaluation,
  { labels }: ClassEncoding,
): { readonly loss: number; readonly examples: readonly MultiLabelExample[] } {
  return { loss, examples: measuredExamples(pairs, labels.size) };
}

/** Examples measured together. */
export const EXAMPLES = 256;
