import { buildEncoding, encodeExamples, type PairDataset } from '../data/dataset.js';
import type { BatchLimit } from '../data/trainingData.js';
import type { Example } from '../data/examples.js';
import type { SplitName } from '../data/split.js';
import { decodedMetrics, tokenMetrics } from '../metrics/metrics.js';
import type { Decoder } from '../models/decoders/decoder.js';
import { RecurrentDecoder } from '../models/decoders/recurrentDecoder.js';
import { TransformerDecoder } from '../models/decoders/transformerDecoder.js';
import type { Encoder } from '../models/encoders/encoder.js';
import { RecurrentEncoder } from '../models/encoders/recurrentEncoder.js';
import { TransformerEncoder } from '../models/encoders/transformerEncoder.js';
import { requireLengths } from '../models/lengths.js';
import { Seq2Seq } from '../models/seq2seq.js';
import { chain, type Optimizer } from '../optimizers/transform.js';
import { adafactor } from '../optimizers/adafactor.js';
import { adagrad, lion, rmsprop } from '../optimizers/adaptive.js';
import { adam, adamW, clipByGlobalNorm, clipByValue, sgd } from '../optimizers/transforms.js';
import {
  constantRate,
  cosine,
  inverseSqrt,
  linearDecay,
  oneCycle,
  plateau,
  stepDecay,
  type Schedule,
} from '../schedules/schedules.js';
import { UserError } from '../tensor/errors.js';
import { hashText } from '../tensor/random.js';
import { tokenizers } from '../text/tokenizer.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import type { Config } from './schema.js';

/** How the texts of both sides become ids. */
export interface PairEncoding {
  readonly source: TextEncoding;
  readonly target: TextEncoding;
}

/** Everything that a configuration and its data say, ready for a `Trainer`. */
export interface Task {
  readonly encoding: PairEncoding;
  readonly train: PairDataset;
  /** Undefined where nothing is set aside for it. */
  readonly validation: PairDataset | undefined;
  readonly test: PairDataset | undefined;
  readonly model: Seq2Seq;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly batch: BatchLimit;
  /** Updates in all. */
  readonly steps: number;
}

/**
 * Builds what a configuration describes. Vocabularies come from the training split alone.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildTask(config: Config, examples: Readonly<Record<SplitName, readonly Example[]>>): Task {
  const { training } = config;
  const encoding = buildEncodings(config, examples.train);
  const encode = (part: readonly Example[]) => encodeExamples(part, encoding, config.data.limits);
  const some = (part: readonly Example[]) => (part.length > 0 ? encode(part) : undefined);
  const train = encode(examples.train);
  const model = buildModel(config, encoding);
  requireLengths(train, model);
  const batch: BatchLimit = training.batchTokens
    ? { batchTokens: training.batchTokens }
    : { batchSize: training.batchSize ?? 64 };
  const steps =
    training.steps ??
    (training.epochs ?? 100) *
      Math.ceil(train.plan(batch, { seed: training.seed, epoch: 0 }).length / training.accumulate);
  return {
    encoding,
    train,
    validation: some(drawExamples(examples.validation, training.validation.examples)),
    test: some(examples.test),
    model,
    optimizer: buildOptimizer(config),
    schedule: buildSchedule(config, steps),
    batch,
    steps,
  };
}

/** Tokenizers and vocabularies of both sides. */
export function buildEncodings(config: Config, train: readonly Example[]): PairEncoding {
  const { source, target } = config;
  return {
    source: buildEncoding(
      train.map((example) => example.source),
      tokenizers[source.tokenizer],
      { minCount: source.minCount },
    ),
    target: buildEncoding(
      train.flatMap((example) => example.references),
      tokenizers[target.tokenizer],
      { minCount: target.minCount },
    ),
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

/** The model that a configuration describes, without values. */
export function buildModel({ model, training }: Config, { source, target }: PairEncoding): Seq2Seq {
  return new Seq2Seq({
    encoder: buildEncoder(model.encoder, source.vocabulary.size),
    decoder: buildDecoder(model.decoder, target.vocabulary.size, training.scheduledSampling),
    labelSmoothing: training.labelSmoothing,
    coverageLoss: training.coverageLoss,
  });
}

function buildEncoder(options: Config['model']['encoder'], vocabularySize: number): Encoder {
  return options.type === 'recurrent'
    ? new RecurrentEncoder({ ...options, vocabularySize })
    : new TransformerEncoder({ ...options, vocabularySize });
}

function buildDecoder(
  options: Config['model']['decoder'],
  vocabularySize: number,
  scheduledSampling: Config['training']['scheduledSampling'],
): Decoder {
  if (options.type === 'transformer') return new TransformerDecoder({ ...options, vocabularySize });
  const attention = options.attention === 'none' ? undefined : options.attention;
  return new RecurrentDecoder({ ...options, vocabularySize, attention, scheduledSampling });
}

/** Whether the model's decoder looks back at the source, so that there are weights to show. */
export function hasAttention({ model: { decoder } }: Config): boolean {
  return decoder.type === 'transformer' || decoder.attention !== 'none';
}

/** The optimiser, behind the clipping of gradients where there is one. */
export function buildOptimizer({ training: { optimizer, clipValue, clipNorm } }: Config): Optimizer {
  const clips = [
    ...(clipValue === undefined ? [] : [clipByValue(clipValue)]),
    ...(clipNorm === undefined ? [] : [clipByGlobalNorm(clipNorm)]),
  ];
  return chain(...clips, buildUpdate(optimizer));
}

function buildUpdate(options: Config['training']['optimizer']): Optimizer {
  switch (options.type) {
    case 'adamw':
      return adamW(options);
    case 'adam':
      return adam(options);
    case 'sgd':
      return sgd(options);
    case 'adagrad':
      return adagrad(options);
    case 'rmsprop':
      return rmsprop(options);
    case 'adafactor':
      return adafactor(options);
    case 'lion':
      return lion(options);
  }
}

/** @throws UserError when a falling schedule's warm-up is longer than the training. */
export function buildSchedule({ training }: Config, steps: number): Schedule {
  const { schedule, validation } = training;
  switch (schedule.type) {
    case 'constant':
      return constantRate(schedule);
    case 'inverse-sqrt':
      return inverseSqrt(schedule);
    case 'step':
      return stepDecay(schedule);
    case 'one-cycle':
      return oneCycle({ ...schedule, totalSteps: steps });
    case 'cosine':
    case 'linear':
      if (schedule.warmupSteps >= steps)
        throw new UserError(
          `training.schedule.warmupSteps is ${schedule.warmupSteps}, but training ends after ${steps} steps. Lower it, or train longer.`,
        );
      return (schedule.type === 'cosine' ? cosine : linearDecay)({ ...schedule, totalSteps: steps });
    case 'plateau': {
      const { betterWhen } = { ...tokenMetrics, ...decodedMetrics }[validation.stopOn];
      return plateau({ ...schedule, better: betterWhen });
    }
  }
}
