import { hashNumbers } from '../data/fingerprint.js';
import type { LabelledText } from '../data/labelled.js';
import { packSequences, type TokenSequences } from '../data/sequences.js';
import type { SplitName } from '../data/split.js';
import { TextExamples } from '../data/textExamples.js';
import { tagLabels } from '../data/tokenLabels.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted, groupDigits } from '../formats/terminal.js';
import { tagMetricNames, tagMetrics, type TaggedText } from '../metrics/entities.js';
import type { Measurables, MetricName } from '../metrics/metrics.js';
import { Tagger } from '../models/tagger.js';
import { UserError } from '../tensor/errors.js';
import { LabelSet } from '../text/labelSet.js';
import { wordTokenizer } from '../text/tokenizer.js';
import { tokenizerToJson, type TextEncoding } from '../text/tokenizerJson.js';
import { TaggerEvaluator, type TagAnswer } from '../train/taggerEvaluator.js';
import type { Metrics } from '../train/trainer.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import { chooseEncoding } from './chooseEncoding.js';
import { encodeTokens } from './encodeTokens.js';
import { headEvaluator, type Head, type HeadEvaluator, type HeadReading, type SharedReader } from './head.js';
import type { KnownEncodings } from './initialValues.js';
import { buildOptimization, type Optimization } from './optimization.js';
import { drawIndices, onlyThese } from './someExamples.js';
import type { TaggingConfig } from './taggingSchema.js';
import { SAMPLES } from './task.js';

/** Where a run keeps its tokenizer and its tags. */
export const taggingFiles = { tokenizer: 'tokenizer.json', tags: 'tags.json' } as const;

/** A part of the data as a tagger reads it. */
export interface TagExamples {
  readonly data: TextExamples;
  readonly texts: TokenSequences;
  /** Ids of the tags, −1 for one that the training data lack. */
  readonly tags: TokenSequences;
  /** The tags of each text, as the data have them. */
  readonly names: readonly (readonly string[])[];
  readonly examples: readonly LabelledText[];
}

/** A tagger and its data. */
export interface TaggingHead extends Head {
  readonly encoding: TextEncoding;
  readonly tags: LabelSet;
  readonly train: TextExamples;
  readonly model: Tagger;
}

/** The same with how it is trained. */
export interface TaggingTask extends TaggingHead, Optimization {}

/**
 * Builds what a configuration describes. Vocabulary and tags come from the training split alone.
 * @param data the label of a text is its tags, between spaces.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildTaggingTask(
  config: TaggingConfig,
  data: Readonly<Record<SplitName, readonly LabelledText[]>>,
  known?: KnownEncodings,
): TaggingTask {
  const head = buildTaggingHead(config, data, { known });
  return { ...head, ...buildOptimization(config.training, head.train) };
}

/**
 * The model of a configuration and its data.
 * @param reading how its texts are read, where their own vocabulary or encoder does not do it.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildTaggingHead(
  config: TaggingConfig,
  data: Readonly<Record<SplitName, readonly LabelledText[]>>,
  { known, shared }: HeadReading = {},
): TaggingHead {
  const { training, text } = config;
  if (data.train.length === 0)
    throw new UserError('data.split leaves nothing to train on. Give more data, or smaller shares.');
  const encoding = chooseEncoding(
    'text',
    text,
    data.train.map((example) => example.text),
    { known, clean: config.data.clean },
  );
  const tags = LabelSet.build(data.train.flatMap(({ label }) => wordTokenizer.tokenize(label)));
  requireEntities(tags, training.validation.metrics);
  const model = buildTagger(config, encoding, tags, shared);
  const part = (name: SplitName) =>
    data[name].length > 0 ? encodeTagged(data[name], encoding, tags, model) : undefined;
  const train = part('train')!;
  const [validation, test] = [part('validation'), part('test')];
  return {
    encoding,
    tags,
    train: train.data,
    model,
    reads: encoding,
    heldOut: { validation: validation?.examples.length, test: test?.examples.length },
    fingerprint: hashNumbers([train.texts.ids, train.texts.offsets, train.tags.ids], train.examples.length),
    files: {
      ...(!shared && { [taggingFiles.tokenizer]: tokenizerToJson(encoding) }),
      [taggingFiles.tags]: { labels: tags.names },
    },
    facts: {
      data: `${groupDigits(train.texts.ids.length)} tokens of ${counted(train.examples.length, 'text')}`,
      notes: [],
      model: `${encoding.vocabulary.size} tokens, ${counted(tags.size, 'tag')}`,
    },
    createEvaluator: (engine, parameters) =>
      taggingEvaluator(config, { model, tags, validation }, engine, parameters),
  };
}

/** The model that a configuration describes, without values. @param shared what reads its texts. */
export function buildTagger(
  { model, training }: TaggingConfig,
  { vocabulary }: TextEncoding,
  tags: LabelSet,
  shared?: SharedReader,
): Tagger {
  return new Tagger({
    encoder: shared?.encoder ?? buildTextEncoder(model.encoder, vocabulary.size),
    labels: shared?.labels,
    tags: tags.size,
    dropout: model.dropout,
    labelSmoothing: training.labelSmoothing,
  });
}

/** @throws UserError naming a text that is empty, too long for the model, or has not one tag for each token. */
export function encodeTagged(
  examples: readonly LabelledText[],
  encoding: TextEncoding,
  tags: LabelSet,
  model: Tagger,
): TagExamples {
  const ids = new Map(tags.names.map((name, id) => [name, id]));
  const texts = packSequences(
    examples.map(({ text, origin }) => encodeTokens(text, encoding, origin, model.encoder)),
  );
  const names = examples.map(({ text, label, origin }) => {
    const [tokens, given] = [encoding.tokenizer.tokenize(text), wordTokenizer.tokenize(label)];
    if (tokens.length !== given.length)
      throw new UserError(
        `${origin}: the text has ${counted(tokens.length, 'token')}, but ${counted(given.length, 'tag')}. Give one tag for each ${encoding.tokenizer.type}, with spaces between.`,
      );
    return given;
  });
  const tagIds = packSequences(names.map((given) => given.map((name) => ids.get(name) ?? -1)));
  const labels = [tagLabels(texts, tagIds, model.labels)];
  const data = new TextExamples(texts, labels, (i) => examples[i]!.origin);
  return { data, texts, tags: tagIds, names, examples };
}

/** The metrics that say something of such tags: entities are marked by B- and I-. */
export function tagMetricsOf(tags: LabelSet): MetricName[] {
  const entities = tags.names.some((name) => /^[BI]-/.test(name));
  return ['loss', ...tagMetricNames.filter((name) => entities || name === 'tagAccuracy')];
}

function requireEntities(tags: LabelSet, metrics: readonly MetricName[]): void {
  const without = metrics.find((name) => !tagMetricsOf(tags).includes(name));
  if (without !== undefined)
    throw new UserError(
      `training.validation.metrics has ${without}, but no tag begins with B- or I-, so there are no entities. Use tagAccuracy.`,
    );
}

/** Both kinds of tags of measured texts. */
export function taggedTexts(
  answers: readonly TagAnswer[],
  { names }: Pick<TagExamples, 'names'>,
  tags: LabelSet,
): TaggedText[] {
  // Answers are sparse where not all texts were measured.
  return answers.flatMap(({ predictions }, i) => [
    { labels: names[i]!, predictions: Array.from(predictions, (id) => tags.names[id]!) },
  ]);
}

/** Figures of measured texts. */
export function tagFigures(
  loss: number,
  texts: readonly TaggedText[],
  metrics: readonly MetricName[],
): Metrics {
  const names = tagMetricNames.filter((name) => metrics.includes(name));
  return {
    ...(metrics.includes('loss') && { loss }),
    ...Object.fromEntries(names.map((name) => [name, tagMetrics[name].compute(texts)])),
  };
}

/** The same of any choice of the texts, but the loss. */
export function tagMeasurables(texts: readonly TaggedText[], metrics: readonly MetricName[]): Measurables {
  const names = tagMetricNames.filter((name) => metrics.includes(name));
  return Object.fromEntries(names.map((name) => [name, tagMetrics[name].over(texts)]));
}

/** Texts measured together. */
export const TEXTS = 64;

function taggingEvaluator(
  { training: { validation: options } }: TaggingConfig,
  { model, tags, validation }: { model: Tagger; tags: LabelSet; validation: TagExamples | undefined },
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): HeadEvaluator {
  const evaluator = new TaggerEvaluator(engine, model, parameters);
  const drawn = validation && drawIndices(validation.examples.length, options.examples);
  return headEvaluator({
    async measure(metrics) {
      if (!validation) return undefined;
      const { loss, count, answers } = await evaluator.evaluate(onlyThese(validation.data, drawn!), TEXTS);
      return { metrics: tagFigures(loss, taggedTexts(answers, validation, tags), metrics), loss, count };
    },
    async samples() {
      if (!validation) return [];
      const shown = drawn!.slice(0, SAMPLES);
      const answers = await evaluator.predict(onlyThese(validation.data, shown), SAMPLES);
      return shown.map((index) => ({
        source: validation.examples[index]!.text,
        target: validation.names[index]!.join(' '),
        prediction: Array.from(answers[index]!, (id) => tags.names[id]!).join(' '),
      }));
    },
  });
}
