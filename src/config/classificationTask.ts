import type { RecordedSounds } from '../data/audio/soundAugmentations.js';
import { hashNumbers } from '../data/fingerprint.js';
import type { LabelledImages, LabelledText } from '../data/labelled.js';
import { classLabels } from '../data/labels.js';
import type { SplitName } from '../data/split.js';
import { TensorExamples } from '../data/tensorExamples.js';
import type { EvaluationData, TrainingData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted, groupDigits } from '../formats/terminal.js';
import { classificationMetricNames, classificationMetrics } from '../metrics/classification.js';
import type { Measurable } from '../metrics/exampleSums.js';
import type { Measurables, MetricName } from '../metrics/metrics.js';
import {
  areaMetricNames,
  confusionOf,
  probabilityMetricNames,
  probabilityMetrics,
  type ClassifiedExample,
} from '../metrics/probabilities.js';
import { BagFeatures } from '../models/bagFeatures.js';
import { Classifier } from '../models/classifier.js';
import { ImageEncoder } from '../models/encoders/imageEncoder.js';
import { ImageFeatures, type FeatureEncoder } from '../models/featureEncoder.js';
import { UserError } from '../tensor/errors.js';
import { hashText } from '../tensor/random.js';
import { LabelSet } from '../text/labelSet.js';
import { tokenizerToJson, type TextEncoding } from '../text/tokenizerJson.js';
import { featuresOfBag, vectorizerToJson, type BagEncoding } from '../text/vectorizerJson.js';
import { ClassifierEvaluator, type ClassifierEvaluation } from '../train/classifierEvaluator.js';
import type { Metrics } from '../train/trainer.js';
import { buildFusedFeatures } from './buildFusedFeatures.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import { buildTextFeatures } from './buildTextFeatures.js';
import type { ClassificationConfig } from './classificationSchema.js';
import { chooseEncoding } from './chooseEncoding.js';
import { headEvaluator, type Head, type HeadEvaluator, type HeadReading, type SharedReader } from './head.js';
import type { KnownEncodings } from './initialValues.js';
import { learnBag } from './learnBag.js';
import { buildOptimization, type Optimization } from './optimization.js';
import { drawIndices, onlyThese } from './someExamples.js';
import { SAMPLES } from './task.js';
import { encodeTextColumns, shownText, textInputsOf } from './textColumns.js';

/** Labelled examples by split: texts, or images. */
export type LabelledData =
  | { readonly texts: Readonly<Record<SplitName, readonly LabelledText[]>> }
  | { readonly images: Readonly<Record<SplitName, LabelledImages>> };

/** What a classifier reads and says. */
export interface ClassEncoding {
  readonly labels: LabelSet;
  /** Of texts that are read token by token; else undefined. */
  readonly text: TextEncoding | undefined;
  /** Of texts that are read as bags of terms; else undefined. */
  readonly bag?: BagEncoding | undefined;
  /** Of images; undefined where texts are read. */
  readonly image: { readonly channels: number; readonly height: number; readonly width: number } | undefined;
}

/** Where a run keeps its tokenizer or vectorizer, and its classes with the size of its images. */
export const classificationFiles = {
  tokenizer: 'tokenizer.json',
  vectorizer: 'vectorizer.json',
  classes: 'classes.json',
} as const;

/** A part of the data as a classifier reads it. */
export interface ClassExamples {
  readonly data: TrainingData & EvaluationData;
  readonly count: number;
  /** [count] */
  readonly classes: Int32Array;
  /** What the examples consist of, in numbers. */
  readonly content: readonly ArrayLike<number>[];
  /** An example in words, for people: the text itself, or which image it is. */
  readonly shown: (index: number) => string;
}

/** A classifier and its data. */
export interface ClassificationHead extends Head {
  readonly encoding: ClassEncoding;
  readonly model: Classifier;
}

/** The same with how it is trained. */
export interface ClassificationTask extends ClassificationHead, Optimization {}

/**
 * Builds what a configuration describes. Vocabulary and classes come from the training split alone.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildClassificationTask(
  config: ClassificationConfig,
  data: LabelledData,
  encodings?: KnownEncodings,
): ClassificationTask {
  const head = buildClassificationHead(config, data, { known: encodings });
  return { ...head, ...buildOptimization(config.training, head.train) };
}

/**
 * The model of a configuration and its data.
 * @param reading how its texts are read, where their own vocabulary or encoder does not do it.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildClassificationHead(
  config: ClassificationConfig,
  data: LabelledData,
  { known: encodings, shared }: HeadReading = {},
): ClassificationHead {
  const known = 'images' in data ? data.images.train.labels : data.texts.train.map(({ label }) => label);
  if (known.length === 0)
    throw new UserError('data.split leaves nothing to train on. Give more data, or smaller shares.');
  const encoding = encodingOf(config, data, LabelSet.build(known), encodings);
  const { labels, text, bag, image } = encoding;
  if (labels.size < 2)
    throw new UserError(
      `the training data have no class but ${labels.names[0]}, so there is nothing to tell apart. Give examples of others, or check the column of labels.`,
    );
  const model = buildClassifier(config, encoding, { weights: balancedWeights(known, labels), shared });
  const part = (name: SplitName) => encodePart(data, name, encoding, model);
  const train = part('train')!;
  const [validation, test] = [part('validation'), part('test')];
  const measured = limited(validation, config);
  if (measured) requireAreas(measured, config.training.validation.metrics);
  return {
    encoding,
    train: train.data,
    model,
    reads: text,
    heldOut: { validation: validation?.count, test: test?.count },
    augmentable: { texts: textInputsOf(model.encoder, text), sounds: soundsOf(config, data) },
    fingerprint: hashNumbers([...train.content, train.classes], train.count),
    files: {
      [classificationFiles.classes]: { labels: labels.names, image },
      ...(text && !shared && { [classificationFiles.tokenizer]: tokenizerToJson(text) }),
      ...(bag && { [classificationFiles.vectorizer]: vectorizerToJson(bag) }),
    },
    facts: {
      data: `${groupDigits(train.count)} ${!image ? 'texts' : 'recordings' in config.data.source ? 'recordings' : 'images'} of ${counted(labels.size, 'class', 'classes')}`,
      notes: [],
      model: text
        ? `${text.vocabulary.size} tokens`
        : bag
          ? `${groupDigits(featuresOfBag(bag).length)} terms`
          : `images of ${image!.height} × ${image!.width}${image!.channels > 1 ? ` × ${image!.channels}` : ''}`,
    },
    createEvaluator: (engine, parameters) =>
      classificationEvaluator(model, encoding, measured, engine, parameters),
  };
}

/** What pictures of recordings do not show. */
function soundsOf(
  { data: { source } }: ClassificationConfig,
  data: LabelledData,
): RecordedSounds | undefined {
  const deviations = 'images' in data ? data.images.train.deviations : undefined;
  return deviations && 'recordings' in source ? { rate: source.rate, deviations } : undefined;
}

/**
 * The model that a configuration describes, without values.
 * @param options `weights` of the classes, where they are balanced; `shared`: what reads its texts.
 */
export function buildClassifier(
  { model, training }: ClassificationConfig,
  encoding: ClassEncoding,
  { weights, shared }: { readonly weights?: readonly number[]; readonly shared?: SharedReader } = {},
): Classifier {
  const { labelSmoothing, classWeights } = training;
  return new Classifier({
    encoder: buildFeatures(model, encoding, shared),
    labels: shared?.labels,
    classes: encoding.labels.size,
    dropout: model.dropout,
    labelSmoothing,
    ...(classWeights === 'balanced' && { classWeights: weights }),
  });
}

function buildFeatures(
  { encoder, pooling, context }: ClassificationConfig['model'],
  { text, bag, image }: ClassEncoding,
  shared?: SharedReader,
): FeatureEncoder {
  if (encoder.type === 'bag-of-words')
    return new BagFeatures({ terms: featuresOfBag(bag!).length, size: encoder.size });
  if (encoder.type === 'image') return new ImageFeatures(new ImageEncoder({ ...encoder, ...image! }));
  const vocabularySize = text!.vocabulary.size;
  const features = buildTextFeatures(shared?.encoder ?? buildTextEncoder(encoder, vocabularySize), pooling);
  return context ? buildFusedFeatures(features, context, { vocabularySize, features: undefined }) : features;
}

/** examples ÷ (classes · examples of the class), as scikit-learn's 'balanced'. */
function balancedWeights(known: readonly string[], { names }: LabelSet): number[] {
  const counts = new Map<string, number>();
  for (const label of known) counts.set(label, (counts.get(label) ?? 0) + 1);
  return names.map((name) => known.length / (names.length * counts.get(name)!));
}

function encodingOf(
  config: ClassificationConfig,
  data: LabelledData,
  labels: LabelSet,
  known: KnownEncodings | undefined,
): ClassEncoding {
  if ('images' in data) {
    const { channels, height, width } = data.images.train;
    return { labels, text: undefined, image: { channels, height, width } };
  }
  const texts = data.texts.train.flatMap(({ text, context }) =>
    context === undefined ? [text] : [text, context],
  );
  const { encoder } = config.model;
  const { clean = {} } = config.data;
  if (encoder.type === 'bag-of-words')
    return { labels, text: undefined, bag: learnBag(texts, encoder, clean), image: undefined };
  const text = chooseEncoding('text', config.text, texts, { known, clean });
  return { labels, text, image: undefined };
}

/** A split as a classifier reads it; undefined where it is empty. @throws UserError naming an example that does not fit. */
export function encodePart(
  data: LabelledData,
  name: SplitName,
  encoding: ClassEncoding,
  model: Classifier,
): ClassExamples | undefined {
  return 'texts' in data
    ? encodeLabelled(data.texts[name], encoding, model)
    : encodeImages(data.images[name], encoding);
}

function encodeLabelled(
  examples: readonly LabelledText[],
  { labels, text, bag }: ClassEncoding,
  { encoder, labels: name }: Classifier,
): ClassExamples | undefined {
  if (examples.length === 0) return undefined;
  const originOf = (i: number) => examples[i]!.origin;
  const classes = Int32Array.from(examples, ({ label, origin }) => labels.idOf(label, origin));
  const contexts = examples.flatMap(({ context }) => (context === undefined ? [] : [context]));
  const columns = {
    texts: examples.map((each) => each.text),
    ...(contexts.length > 0 && { contexts }),
  };
  const known = [classLabels(classes, name)];
  const data = encodeTextColumns(columns, { text, bag }, encoder, originOf, known);
  const content = [data.texts.offsets, data.texts.ids, contexts.map((each) => hashText(each))];
  return { data, count: examples.length, classes, content, shown: (i) => shownText(columns, i) };
}

function encodeImages(images: LabelledImages, { labels, image }: ClassEncoding): ClassExamples | undefined {
  const count = images.labels.length;
  if (count === 0) return undefined;
  const { channels, height, width } = images;
  if (channels !== image!.channels || height !== image!.height || width !== image!.width)
    throw new UserError(
      `${images.origin}: the images are ${height} × ${width} with ${counted(channels, 'channel')}, the model reads ${image!.height} × ${image!.width} with ${image!.channels}.`,
    );
  const shown = (i: number) => images.names?.[i] ?? `image ${i + 1}`;
  const classes = Int32Array.from(images.labels, (label, i) =>
    labels.idOf(label, `${images.origin}: ${shown(i)}`),
  );
  const data = new TensorExamples({
    input: 'image',
    shape: [channels, height, width],
    values: images.values,
    labels: [classLabels(classes)],
  });
  return { data, count, classes, content: [images.values], shown };
}

/** The validation examples that are measured while a model trains. */
function limited(
  part: ClassExamples | undefined,
  { training: { validation } }: ClassificationConfig,
): (ClassExamples & { readonly indices: readonly number[] }) | undefined {
  if (!part) return undefined;
  return { ...part, indices: drawIndices(part.count, validation.examples) };
}

/** Areas under curves are of a class against others. @throws UserError where examples that are measured by them have no two classes. */
function requireAreas(
  { classes, indices }: NonNullable<ReturnType<typeof limited>>,
  metrics: readonly MetricName[],
): void {
  const area = metrics.find((name) => areaMetricNames.some((each) => each === name));
  if (area !== undefined && new Set(indices.map((i) => classes[i]!)).size < 2)
    throw new UserError(
      `training.validation.metrics has ${area}, but the validation examples have no two classes to tell apart. Raise data.split.validation or training.validation.examples, or leave it out.`,
    );
}

/** Figures of a measured classifier. */
export function classMetrics(
  { loss, confusion, examples }: ClassifierEvaluation,
  metrics: readonly MetricName[],
): Metrics {
  const { counted: ofClasses, weighed } = namesOf(metrics);
  return {
    ...(metrics.includes('loss') && { loss }),
    ...Object.fromEntries(ofClasses.map((name) => [name, classificationMetrics[name].compute(confusion)])),
    ...Object.fromEntries(weighed.map((name) => [name, probabilityMetrics[name].compute(examples)])),
  };
}

/** The same of any choice of the examples, but the loss. */
export function classMeasurables(
  { confusion, examples }: ClassifierEvaluation,
  metrics: readonly MetricName[],
): Measurables {
  const { counted: ofClasses, weighed } = namesOf(metrics);
  const over = (
    measure: (chosen: readonly ClassifiedExample[]) => number,
  ): Measurable<ClassifiedExample> => ({
    examples,
    measure,
  });
  const count = (chosen: readonly ClassifiedExample[]) => confusionOf(chosen, confusion.length);
  return {
    ...Object.fromEntries(
      ofClasses.map((name) => [name, over((chosen) => classificationMetrics[name].compute(count(chosen)))]),
    ),
    ...Object.fromEntries(
      weighed.map((name) => [name, over((chosen) => probabilityMetrics[name].compute(chosen))]),
    ),
  };
}

/** The metrics of classes and those of probabilities among some. */
function namesOf(metrics: readonly MetricName[]) {
  return {
    counted: classificationMetricNames.filter((name) => metrics.includes(name)),
    weighed: probabilityMetricNames.filter((name) => metrics.includes(name)),
  };
}

function classificationEvaluator(
  model: Classifier,
  { labels }: ClassEncoding,
  validation: ReturnType<typeof limited>,
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): HeadEvaluator {
  const evaluator = new ClassifierEvaluator(engine, model, parameters);
  const chosen = validation && onlyThese(validation.data, validation.indices);
  return headEvaluator({
    async measure(metrics) {
      if (!chosen) return undefined;
      const evaluation = await evaluator.evaluate(chosen, BATCH);
      const { loss, count } = evaluation;
      return { metrics: classMetrics(evaluation, metrics), loss, count };
    },
    async samples() {
      if (!validation) return [];
      const shown = validation.indices.slice(0, SAMPLES);
      const answers = await evaluator.predict(onlyThese(validation.data, shown), SAMPLES);
      return shown.map((index) => ({
        source: validation.shown(index),
        target: labels.names[validation.classes[index]!]!,
        prediction: labels.names[answers[index]!.class]!,
      }));
    },
  });
}

/** Examples measured together. */
export const BATCH = 256;
