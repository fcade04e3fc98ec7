import {
  encodeExamples,
  type EncodingLimits,
  type EncodingReport,
  type LeftOutPair,
  type PairDataset,
} from '../data/dataset.js';
import type { Example } from '../data/examples.js';
import { fingerprint } from '../data/fingerprint.js';
import type { SplitName } from '../data/split.js';
import type { TrainingData } from '../data/trainingData.js';
import { Constraints } from '../decode/constraints.js';
import { encodeAnswerPart } from '../decode/decodingOptions.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted, groupDigits } from '../formats/terminal.js';
import { pairMetricNames } from '../metrics/metrics.js';
import type { Decoder } from '../models/decoders/decoder.js';
import { RecurrentDecoder } from '../models/decoders/recurrentDecoder.js';
import { TransformerDecoder } from '../models/decoders/transformerDecoder.js';
import { requireLengths } from '../models/lengths.js';
import { Seq2Seq } from '../models/seq2seq.js';
import { UserError } from '../tensor/errors.js';
import { hashText } from '../tensor/random.js';
import { tokenizerToJson, type TextEncoding } from '../text/tokenizerJson.js';
import { Evaluator } from '../train/evaluator.js';
import type { TextInput } from './augmentable.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import { chooseEncoding } from './chooseEncoding.js';
import type { TextConfig } from './dataSchema.js';
import type { KnownEncodings } from './initialValues.js';
import { buildOptimization } from './optimization.js';
import type { PairConfig, PairData } from './pairSchema.js';
import { SAMPLES, type Task, type TaskEvaluator } from './task.js';

/** How the texts of both sides become ids. */
export interface PairEncoding {
  readonly source: TextEncoding;
  readonly target: TextEncoding;
}

/** Where a run keeps its tokenizers. */
export const pairTokenizerFiles = {
  source: 'tokenizer.source.json',
  target: 'tokenizer.target.json',
} as const;

/** A sequence-to-sequence model and its data. */
export interface PairTask<Train extends TrainingData = PairDataset> extends Task {
  readonly encoding: PairEncoding;
  readonly train: Train;
  /** Undefined where nothing is set aside for it. */
  readonly validation: PairDataset | undefined;
  readonly test: PairDataset | undefined;
  readonly model: Seq2Seq;
}

/**
 * Builds what a configuration describes. Vocabularies come from the training split alone.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildPairTask(
  config: PairConfig,
  examples: Readonly<Record<SplitName, readonly Example[]>>,
  known?: KnownEncodings,
): PairTask {
  const validation = drawExamples(examples.validation, config.training.validation.examples);
  const parts = encodePairParts(config, { ...examples, validation }, { known });
  const { train } = parts;
  return pairTaskOf(config, parts, {
    pairs: train.exampleOfPair.length,
    sources: train.examples.length,
    fingerprint: fingerprint(train),
    report: train.report,
  });
}

/** The parts of the data as a model of pairs reads them. */
export interface EncodedPairParts<Train extends TrainingData = PairDataset> {
  readonly encoding: PairEncoding;
  readonly train: Train;
  /** Undefined where nothing is set aside for it. */
  readonly validation: PairDataset | undefined;
  readonly test: PairDataset | undefined;
}

/** What there is to say of training pairs. */
export interface AboutTrainingPairs {
  readonly pairs: number;
  readonly sources: number;
  readonly fingerprint: number;
  readonly report: EncodingReport;
}

/**
 * A task of what was encoded.
 * @throws UserError when answers are to hold what the model cannot write, or batches or schedule do not fit the data.
 */
export function pairTaskOf<Train extends TrainingData>(
  config: PairConfig,
  { encoding, model, train, validation, test }: EncodedPairParts<Train> & { readonly model: Seq2Seq },
  { pairs, sources, fingerprint, report }: AboutTrainingPairs,
): PairTask<Train> {
  requireWritable(config, encoding, model);
  return {
    ...buildOptimization(config.training, train),
    encoding,
    train,
    validation,
    test,
    model,
    reads: encoding.source,
    heldOut: { validation: validation?.examples.length, test: test?.examples.length },
    augmentable: { texts: textInputs(config, encoding, model) },
    fingerprint,
    files: {
      [pairTokenizerFiles.source]: tokenizerToJson(encoding.source),
      [pairTokenizerFiles.target]: tokenizerToJson(encoding.target),
    },
    facts: {
      data: `${groupDigits(pairs)} pairs of ${counted(sources, 'source')}`,
      notes: encodingNotes(report),
      model: `${encoding.source.vocabulary.size} source and ${encoding.target.vocabulary.size} target tokens`,
    },
    createEvaluator: (engine, parameters) =>
      pairEvaluator(config, { model, encoding, validation }, engine, parameters),
  };
}

/** Told of each pair of a part that is left out. */
export type OnLeftOutPair = (part: SplitName, pair: LeftOutPair) => void;

/**
 * Learns tokenizers from the training part, and encodes all parts within their limits.
 * @throws UserError when the data do not fit the configuration.
 */
export function encodePairParts(
  config: PairConfig,
  examples: Readonly<Record<SplitName, readonly Example[]>>,
  {
    known,
    onLeftOut,
  }: { readonly known?: KnownEncodings | undefined; readonly onLeftOut?: OnLeftOutPair } = {},
): EncodedPairParts & { readonly model: Seq2Seq } {
  const encoding = buildEncodings(config, textsOf(examples.train), known);
  const model = buildPairModel(config, encoding);
  const train = encodeExamples(examples.train, encoding, {
    ...config.data.limits,
    onLeftOut: (pair) => onLeftOut?.('train', pair),
  });
  requireLengths(train, model);
  return { encoding, model, train, ...encodeHeldOut(config, examples, { encoding, model, onLeftOut }) };
}

/** The parts that are measured, as the model reads them. @throws UserError as `encodeExamples`. */
export function encodeHeldOut(
  config: PairConfig,
  examples: Readonly<Record<'validation' | 'test', readonly Example[]>>,
  {
    encoding,
    model,
    onLeftOut,
  }: {
    readonly encoding: PairEncoding;
    readonly model: Seq2Seq;
    readonly onLeftOut?: OnLeftOutPair | undefined;
  },
): Pick<EncodedPairParts, 'validation' | 'test'> {
  const limits = heldOutLimits(config, model);
  const encode = (part: 'validation' | 'test') =>
    examples[part].length === 0
      ? undefined
      : encodeExamples(examples[part], encoding, {
          ...limits,
          onLeftOut: (pair) => onLeftOut?.(part, pair),
        });
  const [validation, test] = [encode('validation'), encode('test')];
  return { validation, test };
}

/** The texts of a pair as a model reads them. */
function textInputs(
  { data: { limits } }: PairConfig,
  encoding: PairEncoding,
  { encoder, decoder }: Seq2Seq,
): TextInput[] {
  const { maxSourceLength = Infinity, maxTargetLength = Infinity } = limits;
  return [
    {
      name: 'source',
      encoding: encoding.source,
      maxLength: Math.min(maxSourceLength, encoder.maxLength),
    },
    // END takes a place of its own.
    {
      name: 'target',
      encoding: encoding.target,
      maxLength: Math.min(maxTargetLength, decoder.maxLength - 1),
    },
  ];
}

/**
 * Limits of the pairs that are measured. What is too long to train on is left out of training alone, so that no score
 * hides it; only what the model has no positions for is left out here too.
 */
export function heldOutLimits(
  { data: { limits } }: { readonly data: Pick<PairData, 'limits'> },
  { encoder, decoder }: Pick<Seq2Seq, 'encoder' | 'decoder'>,
): EncodingLimits {
  if (limits.onTooLong !== 'skip') return limits;
  // END takes a place of its own.
  return {
    maxSourceLength: encoder.maxLength,
    maxTargetLength: decoder.maxLength - 1,
    onTooLong: 'skip',
  };
}

/** @throws UserError naming what answers are to begin with or contain, where the model could not write it. */
function requireWritable({ decoding }: PairConfig, { target }: PairEncoding, { decoder }: Seq2Seq): void {
  const { prefix, constraints = [], maxLength = Infinity } = decoding;
  const most = Math.min(maxLength, decoder.maxLength - 1);
  const raise = `or raise ${most === maxLength ? 'decoding' : 'model.decoder'}.maxLength`;
  const encode = (part: string, key: string) => {
    const ids = encodeAnswerPart(part, key, target);
    if (ids.length === 0)
      throw new UserError(
        `${key} is ${JSON.stringify(part)}, which the tokenizer of the target makes no token of. Leave it out, or name a text that an answer can have.`,
      );
    if (ids.length > most)
      throw new UserError(
        `${key} has ${ids.length} tokens, an answer at most ${most}. Shorten it, ${raise}.`,
      );
    return ids;
  };
  const begun = prefix === undefined ? [] : encode(prefix, 'decoding.prefix');
  const phrases = constraints.map((text, i) => encode(text, `decoding.constraints.${i}`));
  const needed = begun.length + new Constraints(phrases).after(begun);
  if (needed > most)
    throw new UserError(
      `${prefix === undefined ? '' : 'decoding.prefix and '}decoding.constraints need ${needed} tokens, an answer has at most ${most}. Shorten them, ${raise}.`,
    );
}

/** What was left out of encoded pairs, in words. */
export function leftOutNotes({ skippedPairs, unalignablePairs }: EncodingReport): string[] {
  return [
    ...(skippedPairs > 0 ? [`${counted(skippedPairs, 'pair')} left out as too long (data.limits)`] : []),
    ...(unalignablePairs > 0
      ? [
          `${counted(unalignablePairs, 'pair')} left out as the source is too short for CTC to align the target with (data.limits)`,
        ]
      : []),
  ];
}

/** What is odd about encoded pairs, in words. */
export function encodingNotes(report: EncodingReport): string[] {
  const unknown = report.unknownSourceTokens + report.unknownTargetTokens;
  return [
    ...leftOutNotes(report),
    ...(unknown > 0
      ? [`${counted(unknown, 'token')} that the vocabulary lacks, read as <unknown> and never written`]
      : []),
  ];
}

/** Measures a model while it trains; answers are made greedily. */
function pairEvaluator(
  { decoding: { maxLength }, metrics: textMetrics }: PairConfig,
  { model, encoding, validation }: Pick<PairTask, 'model' | 'encoding' | 'validation'>,
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): TaskEvaluator {
  const evaluator = new Evaluator(engine, model, parameters, encoding);
  const shown = validation && encodeExamples(drawExamples(validation.examples, SAMPLES), encoding);
  return {
    async validate(metrics) {
      if (!validation) return {};
      const wanted = pairMetricNames.filter((name) => metrics.includes(name));
      return (await evaluator.evaluate(validation, { metrics: wanted, maxLength, textMetrics })).metrics;
    },
    async samples() {
      if (!shown) return [];
      const { answers } = await evaluator.evaluate(shown, { metrics: ['exactMatch'], maxLength });
      return answers.map(({ source, references, prediction }) => ({
        source,
        target: references,
        prediction,
      }));
    },
  };
}

/** Texts to learn tokenizers from: each source once, and all targets. Each side can be gone through any number of times. */
export interface TrainingTexts {
  readonly sources: Iterable<string>;
  readonly targets: Iterable<string>;
}

export function textsOf(train: readonly Example[]): TrainingTexts {
  return {
    sources: train.map(({ source }) => source),
    targets: train.flatMap(({ references }) => references),
  };
}

/** Tokenizers and vocabularies of both sides. */
export function buildEncodings(
  config: {
    readonly source: TextConfig;
    readonly target: TextConfig;
    readonly data: Pick<PairData, 'clean'>;
  },
  { sources, targets }: TrainingTexts,
  known?: KnownEncodings,
): PairEncoding {
  const choice = { known, clean: config.data.clean };
  return {
    source: chooseEncoding('source', config.source, sources, choice),
    target: chooseEncoding('target', config.target, targets, choice),
  };
}

/** `count` of the examples, chosen by the hash of their source, in their order; all by default. */
export function drawExamples<E extends { readonly source: string }>(
  examples: readonly E[],
  count = Infinity,
): readonly E[] {
  if (examples.length <= count) return examples;
  const ranked = examples.map((example, index) => ({ index, rank: hashText(example.source) }));
  ranked.sort((a, b) => a.rank - b.rank || a.index - b.index);
  const chosen = new Set(ranked.slice(0, count).map(({ index }) => index));
  return examples.filter((_, index) => chosen.has(index));
}

/** What a model of pairs must know of its training. */
type PairModelTraining = Partial<
  Pick<PairConfig['training'], 'labelSmoothing' | 'coverageLoss' | 'scheduledSampling'>
>;

/** The model that a configuration describes, without values. */
export function buildPairModel(
  { model, training }: { model: PairConfig['model']; training: PairModelTraining },
  { source, target }: PairEncoding,
): Seq2Seq {
  return new Seq2Seq({
    encoder: buildTextEncoder(model.encoder, source.vocabulary.size),
    decoder: buildDecoder(model.decoder, target.vocabulary.size, training.scheduledSampling),
    labelSmoothing: training.labelSmoothing,
    coverageLoss: training.coverageLoss,
  });
}

function buildDecoder(
  options: PairConfig['model']['decoder'],
  vocabularySize: number,
  scheduledSampling: PairConfig['training']['scheduledSampling'],
): Decoder {
  if (options.type === 'transformer') return new TransformerDecoder({ ...options, vocabularySize });
  const attention = options.attention === 'none' ? undefined : options.attention;
  return new RecurrentDecoder({ ...options, vocabularySize, attention, scheduledSampling });
}

/** Whether the model's decoder looks back at the source, so that there are weights to show. */
export function hasAttention({ model: { decoder } }: PairConfig): boolean {
  return decoder.type === 'transformer' || decoder.attention !== 'none';
}
