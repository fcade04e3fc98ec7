import { hashNumbers } from '../data/fingerprint.js';
import { valueLabels, type Labels } from '../data/labels.js';
import type { SplitName } from '../data/split.js';
import { TensorExamples } from '../data/tensorExamples.js';
import type { EvaluationData, TrainingData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted } from '../formats/terminal.js';
import { InputFeatures, type FeatureEncoder } from '../models/featureEncoder.js';
import { Regressor } from '../models/regressor.js';
import { HiddenLayers } from '../models/vectorEncoders.js';
import { RadialBasis } from '../nn/layers/radialBasis.js';
import { UserError } from '../tensor/errors.js';
import { hashText } from '../tensor/random.js';
import { tokenizerToJson, type TextEncoding } from '../text/tokenizerJson.js';
import { ValueEvaluator } from '../train/valueEvaluator.js';
import { buildFusedFeatures } from './buildFusedFeatures.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import { buildTextFeatures } from './buildTextFeatures.js';
import { chooseEncoding } from './chooseEncoding.js';
import { headEvaluator, type Head, type HeadEvaluator, type HeadReading, type SharedReader } from './head.js';
import type { KnownEncodings } from './initialValues.js';
import { buildOptimization, type Optimization } from './optimization.js';
import type { RegressionConfig } from './regressionSchema.js';
import { fitScaling, scalingFile, scalingToJson, type Scaling } from './scaling.js';
import { drawIndices, onlyThese } from './someExamples.js';
import { SAMPLES } from './task.js';
import { encodeTextColumns, shownText, textInputsOf, type TextColumns } from './textColumns.js';
import type { Columns, ValuedExamples } from './valuedExamples.js';
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
export const regressionFiles = { tokenizer: 'tokenizer.json', features: 'scaling.features.json' } as const;

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
    fingerprint: hashNumbers(
      [
        [...(known.texts ?? []), ...(known.contexts ?? [])].map((each) => hashText(each)),
        known.features?.values ?? [],
        known.values.values,
      ],
      train.count,
    ),
    files: {
      [scalingFile]: scalingToJson(values),
      ...(text && !shared && { [regressionFiles.tokenizer]: tokenizerToJson(text) }),
      ...(features && { [regressionFiles.features]: scalingToJson(features) }),
    },
    facts: {
      data: counted(train.count, text ? 'text' : 'row'),
      notes: [],
      model: [
        ...(text ? [`${text.vocabulary.size} tokens`] : []),
        ...(features ? [counted(features.names.length, 'feature')] : []),
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

/**
 * The model that a configuration describes, without values.
 * @param options `known`: features of the training data, where radial basis functions start; they count in training
 * alone. `shared`: what reads its texts.
 */
export function buildRegressor(
  { model, training }: RegressionConfig,
  encoding: ValueEncoding,
  { known, shared }: { readonly known?: Columns; readonly shared?: SharedReader } = {},
): Regressor {
  const { loss, delta, seed } = training;
  return new Regressor({
    encoder: shared
      ? buildTextFeatures(shared.encoder, model.pooling)
      : buildFeatures(model, encoding, { known, seed }),
    labels: shared?.labels,
    values: encoding.values.names.length,
    dropout: model.dropout,
    loss,
    delta,
  });
}

function buildFeatures(
  { encoder, pooling, context }: RegressionConfig['model'],
  { text, features }: ValueEncoding,
  { known, seed }: { known: Columns | undefined; seed: number },
): FeatureEncoder {
  if (encoder.type !== 'mlp' && encoder.type !== 'rbf') {
    const vocabularySize = text!.vocabulary.size;
    const own = buildTextFeatures(buildTextEncoder(encoder, vocabularySize), pooling);
    return context
      ? buildFusedFeatures(own, context, { vocabularySize, features: features?.names.length })
      : own;
  }
  const inputSize = features!.names.length;
  const vector = { input: 'vector', shape: [inputSize] };
  if (encoder.type === 'mlp') {
    const module = new HiddenLayers({ ...encoder, inputSize });
    return new InputFeatures({ ...vector, module, outputSize: module.outputSize });
  }
  const module = new RadialBasis(inputSize, encoder.units);
  if (known) {
    const scaled = features!.scaler.transform(known.values);
    const points = Array.from({ length: scaled.length / inputSize }, (_, i) =>
      scaled.subarray(i * inputSize, (i + 1) * inputSize),
    );
    module.startFrom(points, { seed });
  }
  return new InputFeatures({ ...vector, module, outputSize: encoder.units });
}

/** Examples with their values, scaled. @throws UserError naming a text that is empty, or too long for the model. */
export function encodeValued(
  examples: ValuedExamples,
  encoding: ValueEncoding,
  model: Regressor,
): ValueExamples {
  const { features, values, origins } = examples;
  const texts = textColumnsOf(examples);
  const originOf = (i: number) => origins[i]!;
  const size = values.names.length;
  const labels = [valueLabels(encoding.values.scaler.transform(values.values), size, model.labels)];
  return {
    count: origins.length,
    data: texts
      ? encodeTextColumns(texts, encoding, model.encoder, originOf, labels)
      : encodeFeatures(features!, encoding, labels),
    shown: (i) => (texts ? shownText(texts, i) : shownValues(rowOf(features!, i))),
  };
}

function textColumnsOf({ texts, contexts, features }: ValuedExamples): TextColumns | undefined {
  return texts && { texts, contexts, features: features?.values };
}

/** Rows of features as a regressor reads them. */
export function encodeFeatures(
  { names, values }: Columns,
  { features }: ValueEncoding,
  labels?: readonly Labels[],
): TensorExamples {
  return new TensorExamples({
    input: 'vector',
    shape: [names.length],
    values: features!.scaler.transform(values),
    ...(labels && { labels }),
  });
}

function rowOf({ names, values }: Columns, i: number): Float64Array {
  return values.subarray(i * names.length, (i + 1) * names.length);
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
