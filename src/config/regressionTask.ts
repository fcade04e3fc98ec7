import { hashNumbers } from '../data/fingerprint.js';
import { valueLabels } from '../data/labels.js';
import type { SplitName } from '../data/split.js';
import type { EvaluationData, TrainingData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted } from '../formats/terminal.js';
import { Regressor } from '../models/regressor.js';
import { UserError } from '../tensor/errors.js';
import { tokenizerToJson, type TextEncoding } from '../text/tokenizerJson.js';
import { ValueEvaluator } from '../train/valueEvaluator.js';
import { buildInputFeatures, type InputParts } from './buildInputFeatures.js';
import { chooseEncoding } from './chooseEncoding.js';
import { headEvaluator, type Head, type HeadEvaluator, type HeadReading } from './head.js';
import type { KnownEncodings } from './initialValues.js';
import { buildOptimization, type Optimization } from './optimization.js';
import type { RegressionConfig } from './regressionSchema.js';
import { featureScalingFile, fitScaling, scalingFile, scalingToJson, type Scaling } from './scaling.js';
import { drawIndices, onlyThese } from './someExamples.js';
import { contentOf, encodeInputs, readWords, rowOf, shownInput } from './tableInputs.js';
import { SAMPLES } from './task.js';
import { textInputsOf } from './textColumns.js';
import type { ValuedExamples } from './valuedExamples.js';
import { shownValues, valueFigures } from './values.js';

/** What a regressor reads and says. */
export interface ValueEncoding {
  /** Of texts; undefined where features alone are read. */
  readonly text: TextEncoding | undefined;
  /** Of features, where any are read. */
  readonly features: Scaling | undefined;
  readonly values: Scaling;
}

/** Where a run keeps how it reads; what it says is in its {@link scalingFile}. */
export const regressionFiles = { tokenizer: 'tokenizer.json', features: featureScalingFile } as const;

/** A part of the data as a regressor reads it. */
export interface ValueExamples {
  readonly data: TrainingData & EvaluationData;
  readonly count: number;
  /** An example in words, for people. */
  readonly shown: (index: number) => string;
}

/** A regressor and its data. */
export interface RegressionHead extends Head {
  readonly encoding: ValueEncoding;
  readonly model: Regressor;
}

/** The same with how it is trained. */
export interface RegressionTask extends RegressionHead, Optimization {}

/**
 * Builds what a configuration describes. Vocabulary and scaling come from the training split alone.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildRegressionTask(
  config: RegressionConfig,
  data: Readonly<Record<SplitName, ValuedExamples>>,
  encodings?: KnownEncodings,
): RegressionTask {
  const head = buildRegressionHead(config, data, { known: encodings });
  return { ...head, ...buildOptimization(config.training, head.train) };
}

/**
 * The model of a configuration and its data.
 * @param reading how its texts are read, where their own vocabulary or encoder does not do it.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildRegressionHead(
  config: RegressionConfig,
  data: Readonly<Record<SplitName, ValuedExamples>>,
  { known: encodings, shared }: HeadReading = {},
): RegressionHead {
  const { train: known } = data;
  if (known.origins.length === 0)
    throw new UserError('data.split leaves nothing to train on. Give more data, or smaller shares.');
  const encoding = encodingOf(config, known, encodings);
  const model = buildRegressor(config, encoding, { known: known.features, shared });
  const part = (name: SplitName) =>
    data[name].origins.length > 0 ? encodeValued(data[name], encoding, model) : undefined;
  const train = part('train')!;
  const [validation, test] = [part('validation'), part('test')];
  const { text, features, values } = encoding;
  return {
    encoding,
    train: train.data,
    model,
    reads: text,
    heldOut: { validation: validation?.count, test: test?.count },
    augmentable: { texts: textInputsOf(model.encoder, text) },
    fingerprint: hashNumbers([...contentOf(known), known.values.values], train.count),
    files: {
      [scalingFile]: scalingToJson(values),
      ...(text && !shared && { [regressionFiles.tokenizer]: tokenizerToJson(text) }),
      ...(features && { [regressionFiles.features]: scalingToJson(features) }),
    },
    facts: {
      data: counted(train.count, text ? 'text' : 'row'),
      notes: [],
      model: [
        ...readWords({ text, features, image: config.data.image }),
        counted(values.names.length, 'value'),
      ].join(', '),
    },
    createEvaluator: (engine, parameters) =>
      regressionEvaluator(
        config,
        { model, encoding, validation, examples: data.validation },
        engine,
        parameters,
      ),
  };
}

function encodingOf(
  config: RegressionConfig,
  { texts, contexts = [], features, values }: ValuedExamples,
  known: KnownEncodings | undefined,
): ValueEncoding {
  return {
    text:
      texts &&
      chooseEncoding('text', config.text, [...texts, ...contexts], { known, clean: config.data.clean }),
    features: features && fitScaling(features, config.data.scaling),
    values: fitScaling(values, config.data.scaling),
  };
}

/** The model that a configuration describes, without values. */
export function buildRegressor(
  config: RegressionConfig,
  encoding: ValueEncoding,
  parts: InputParts = {},
): Regressor {
  const { model, training } = config;
  const { loss, delta } = training;
  return new Regressor({
    encoder: buildInputFeatures(config, encoding, parts),
    labels: parts.shared?.labels,
    values: encoding.values.names.length,
    dropout: model.dropout,
    loss,
    delta,
  });
}

/** Examples with their values, scaled. @throws UserError naming a text that is empty, or too long for the model. */
export function encodeValued(
  examples: ValuedExamples,
  encoding: ValueEncoding,
  model: Regressor,
): ValueExamples {
  const { values, origins } = examples;
  const scaled = encoding.values.scaler.transform(values.values);
  const labels = [valueLabels(scaled, values.names.length, model.labels)];
  return {
    count: origins.length,
    data: encodeInputs(examples, encoding, model.encoder, labels),
    shown: (i) => shownInput(examples, i),
  };
}

/** Examples measured together. */
export const EXAMPLES = 256;

/** Measures a regressor while it trains, in the units of the data. */
function regressionEvaluator(
  { training: { validation: options } }: RegressionConfig,
  {
    model,
    encoding,
    validation,
    examples,
  }: {
    model: Regressor;
    encoding: ValueEncoding;
    validation: ValueExamples | undefined;
    examples: ValuedExamples;
  },
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): HeadEvaluator {
  const evaluator = new ValueEvaluator(engine, model, parameters, encoding.values.scaler);
  const drawn = validation && drawIndices(validation.count, options.examples);
  return headEvaluator({
    async measure(metrics) {
      if (!validation) return undefined;
      const evaluation = await evaluator.evaluate(onlyThese(validation.data, drawn!), EXAMPLES);
      const { loss, count } = evaluation;
      return { metrics: valueFigures(evaluation, metrics), loss, count };
    },
    async samples() {
      if (!validation) return [];
      const shown = drawn!.slice(0, SAMPLES);
      const answers = await evaluator.predict(onlyThese(validation.data, shown), SAMPLES);
      return shown.map((index) => ({
        source: validation.shown(index),
        target: shownValues(rowOf(examples.values, index)),
        prediction: shownValues(answers[index]!),
      }));
    },
  });
}
