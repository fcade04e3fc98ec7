import { encodeExamples, type EncodingLimits, type LeftOutPair, type PairDataset } from '../data/dataset.js';
import type { Example } from '../data/examples.js';
import { fingerprint } from '../data/fingerprint.js';
import type { SplitName } from '../data/split.js';
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
import type { Augmentable, TextInput } from './augmentable.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import { chooseEncoding } from './chooseEncoding.js';
import type { KnownEncodings } from './initialValues.js';
import { buildOptimization } from './optimization.js';
import type { PairConfig } from './pairSchema.js';
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
export interface PairTask extends Task {
  readonly encoding: PairEncoding;
  readonly train: PairDataset;
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
  const { training } = config;
  const drawn = drawExamples(examples.validation, training.validation.examples);
  const { encoding, model, train, validation, test, augmentable } = encodePairParts(
    config,
    { ...examples, validation: drawn },
    { known },
  );
  requireWritable(config, encoding, model);
  return {
    ...buildOptimization(training, train),
    encoding,
    train,
    validation,
    test,
    model,
    reads: encoding.source,
    heldOut: { validation: validation?.examples.length, test: test?.examples.length },
    augmentable,
    fingerprint: fingerprint(train),
    files: {
      [pairTokenizerFiles.source]: tokenizerToJson(encoding.source),
      [pairTokenizerFiles.target]: tokenizerToJson(encoding.target),
    },
    facts: {
      data: `${groupDigits(train.exampleOfPair.length)} pairs of ${counted(train.examples.length, 'source')}`,
      notes: encodingNotes(train),
      model: `${encoding.source.vocabulary.size} source and ${encoding.target.vocabulary.size} target tokens`,
    },
    createEvaluator: (engine, parameters) =>
      pairEvaluator(config, { model, encoding, validation }, engine, parameters),
  };
}

/** Told of each pair of a part that is left out. */
export type OnLeftOutPair = (part: SplitName, pair: LeftOutPair) => void;

/** The parts of the data as a model of pairs reads them. */
export interface EncodedPairParts {
  readonly encoding: PairEncoding;
  readonly train: PairDataset;
  /** Undefined where nothing is set aside for it. */
  readonly validation: PairDataset | undefined;
  readonly test: PairDataset | undefined;
  readonly augmentable?: Augmentable;
}

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
  const encoding = buildEncodings(config, examples.train, known);
  const model = buildPairModel(config, encoding);
  const encode = (part: SplitName, limits: EncodingLimits) =>
    encodeExamples(examples[part], encoding, { ...limits, onLeftOut: (pair) => onLeftOut?.(part, pair) });
  const train = encode('train', config.data.limits);
  requireLengths(train, model);
  const limits = heldOutLimits(config, model);
  const some = (part: SplitName) => (examples[part].length > 0 ? encode(part, limits) : undefined);
  const { maxSourceLength = Infinity, maxTargetLength = Infinity } = config.data.limits;
  const texts: TextInput[] = [
    {
      name: 'source',
      encoding: encoding.source,
      maxLength: Math.min(maxSourceLength, model.encoder.maxLength),
    },
    // END takes a place of its own.
    {
      name: 'target',
      encoding: encoding.target,
      maxLength: Math.min(maxTargetLength, model.decoder.maxLength - 1),
    },
  ];
  const [validation, test] = [some('validation'), some('test')];
  return { encoding, model, train, validation, test, augmentable: { texts } };
}

/**
 * Limits of the pairs that are measured. What is too long to train on is left out of training alone, so that no score
 * hides it; only what the model has no positions for is left out here too.
 */
export function heldOutLimits(
  { data: { limits } }: Pick<PairConfig, 'data'>,
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
export function leftOutNotes({ report: { skippedPairs, unalignablePairs } }: PairDataset): string[] {
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
export function encodingNotes(pairs: PairDataset): string[] {
  const { unknownSourceTokens, unknownTargetTokens } = pairs.report;
  const unknown = unknownSourceTokens + unknownTargetTokens;
  return [
    ...leftOutNotes(pairs),
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

/** Tokenizers and vocabularies of both sides. */
export function buildEncodings(
  config: Pick<PairConfig, 'source' | 'target' | 'data'>,
  train: readonly Example[],
  known?: KnownEncodings,
): PairEncoding {
  const choice = { known, clean: config.data.clean };
  const sources = train.map((example) => example.source);
  const targets = train.flatMap((example) => example.references);
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
