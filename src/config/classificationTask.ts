import type { RecordedSounds } from '../data/audio/soundAugmentations.js';
import { hashNumbers } from '../data/fingerprint.js';
import type { LabelledImages } from '../data/labelled.js';
import type { SplitName } from '../data/split.js';
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
import { Classifier } from '../models/classifier.js';
import { ImageEncoder } from '../models/encoders/imageEncoder.js';
import { ImageFeatures } from '../models/featureEncoder.js';
import { UserError } from '../tensor/errors.js';
import { LabelSet } from '../text/labelSet.js';
import type { TextNormalization } from '../text/normalization.js';
import { tokenizerToJson } from '../text/tokenizerJson.js';
import { featuresOfBag, vectorizerToJson } from '../text/vectorizerJson.js';
import { ClassifierEvaluator, type ClassifierEvaluation } from '../train/classifierEvaluator.js';
import type { Metrics } from '../train/trainer.js';
import { buildInputFeatures, type InputParts } from './buildInputFeatures.js';
import {
  encodePart,
  labelledRows,
  type ClassEncoding,
  type ClassExamples,
  type LabelledData,
} from './classExamples.js';
import type { ClassificationConfig } from './classificationSchema.js';
import { chooseEncoding } from './chooseEncoding.js';
import { headEvaluator, type Head, type HeadEvaluator, type HeadReading } from './head.js';
import type { KnownEncodings } from './initialValues.js';
import type { LabelledRows } from './labelledRows.js';
import { learnBag } from './learnBag.js';
import { buildOptimization, type Optimization } from './optimization.js';
import { featureScalingFile, fitScaling, scalingToJson } from './scaling.js';
import { drawIndices, onlyThese } from './someExamples.js';
import { learntTexts, readWords } from './tableInputs.js';
import { SAMPLES } from './task.js';
import { textInputsOf } from './textColumns.js';

/** Where a run keeps its tokenizer, vectorizer or scaling, and its classes with the size of its images. */
export const classificationFiles = {
  tokenizer: 'tokenizer.json',
  vectorizer: 'vectorizer.json',
  features: featureScalingFile,
  classes: 'classes.json',
} as const;

/** A classifier and its data. */
export interface ClassificationHead extends Head {
  readonly encoding: ClassEncoding;
  readonly model: Classifier;
}

/** The same with how it is trained. */
export interface ClassificationTask extends ClassificationHead, Optimization {}

/**
 * Builds what a configuration describes. Vocabulary, scaling and classes come from the training split alone.
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
  const rows = labelledRows(data, 'train');
  const known = 'images' in data ? data.images.train.labels : rows!.labels;
  if (known.length === 0)
    throw new UserError('data.split leaves nothing to train on. Give more data, or smaller shares.');
  const found = LabelSet.build(known);
  const encoding =
    'images' in data ? ofImages(data.images.train, found) : ofRows(config, rows!, found, encodings);
  const { labels, text, bag, features, image } = encoding;
  if (labels.size < 2)
    throw new UserError(
      `the training data have no class but ${labels.names[0]}, so there is nothing to tell apart. Give examples of others, or check the column of labels.`,
    );
  const model = buildClassifier(config, encoding, {
    weights: balancedWeights(known, labels),
    known: rows?.features,
    shared,
  });
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
      ...(features && { [classificationFiles.features]: scalingToJson(features) }),
    },
    facts: {
      data: `${groupDigits(train.count)} ${unitsOf(config, encoding)} of ${counted(labels.size, 'class', 'classes')}`,
      notes: [],
      model: [
        ...readWords({ text, features, image: image ?? config.data.image }),
        ...(bag ? [`${groupDigits(featuresOfBag(bag).length)} terms`] : []),
      ].join(', '),
    },
    createEvaluator: (engine, parameters) =>
      classificationEvaluator(model, encoding, measured, engine, parameters),
  };
}

/** What the examples are, in words. */
function unitsOf({ data: { source } }: ClassificationConfig, { text, bag, image }: ClassEncoding): string {
  if (image) return 'recordings' in source ? 'recordings' : 'images';
  return text || bag ? 'texts' : 'rows';
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
 * @param parts `weights`: of the classes, where they are balanced; they count in training alone.
 */
export function buildClassifier(
  config: ClassificationConfig,
  encoding: ClassEncoding,
  { weights, ...parts }: InputParts & { readonly weights?: readonly number[] } = {},
): Classifier {
  const { model, training } = config;
  const { labelSmoothing, classWeights } = training;
  const { encoder } = model;
  return new Classifier({
    encoder:
      encoder.type === 'image'
        ? new ImageFeatures(new ImageEncoder({ ...encoder, ...encoding.image! }))
        : buildInputFeatures({ ...config, model: { ...model, encoder } }, encoding, parts),
    labels: parts.shared?.labels,
    classes: encoding.labels.size,
    dropout: model.dropout,
    labelSmoothing,
    ...(classWeights === 'balanced' && { classWeights: weights }),
  });
}

/** examples ÷ (classes · examples of the class), as scikit-learn's 'balanced'. */
function balancedWeights(known: readonly string[], { names }: LabelSet): number[] {
  const counts = new Map<string, number>();
  for (const label of known) counts.set(label, (counts.get(label) ?? 0) + 1);
  return names.map((name) => known.length / (names.length * counts.get(name)!));
}

function ofImages({ channels, height, width }: LabelledImages, labels: LabelSet): ClassEncoding {
  return { labels, text: undefined, image: { channels, height, width } };
}

/** What a configuration says of it. */
export interface RowConfig {
  readonly data: Pick<ClassificationConfig['data'], 'scaling'> & {
    readonly clean?: TextNormalization | undefined;
  };
  readonly model: Pick<ClassificationConfig['model'], 'encoder'>;
  readonly text: ClassificationConfig['text'];
}

/** How rows of a table are read, as the training part has them. */
export function ofRows(
  { data: { scaling, clean = {} }, model: { encoder }, text }: RowConfig,
  rows: LabelledRows,
  labels: LabelSet,
  known: KnownEncodings | undefined,
): ClassEncoding {
  const { features } = rows;
  const learnt = learntTexts(rows);
  const own = { labels, image: undefined, features: features && fitScaling(features, scaling) };
  if (!learnt) return { ...own, text: undefined };
  if (encoder.type === 'bag-of-words')
    return { ...own, text: undefined, bag: learnBag(learnt, encoder, clean) };
  return { ...own, text: chooseEncoding('text', text, learnt, { known, clean }) };
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
