import type { Feeds } from '../engine/feeds.js';
import { UserError } from '../tensor/errors.js';
import { requireTexts } from '../text/requireTexts.js';
import { tokenizers, type Tokenizer } from '../text/tokenizer.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { UNKNOWN, Vocabulary, type VocabularyLimits } from '../text/vocabulary.js';
import { pairBatch } from './batching.js';
import { planEpoch, type EpochOptions } from './epochPlan.js';
import type { Example } from './examples.js';
import { SequencePacker, type TokenSequences } from './sequences.js';
import type { BatchLimit, EncodedPairs, TrainingData } from './trainingData.js';

/** Examples as token ids, ready to train on and to answer. */
export class PairDataset implements EncodedPairs, TrainingData {
  readonly examples: readonly Example[];
  readonly sources: TokenSequences;
  readonly targets: TokenSequences;
  readonly exampleOfPair: Int32Array;

  constructor(
    pairs: EncodedPairs,
    /** What was left out, and what the vocabularies do not know. */
    readonly report: EncodingReport,
  ) {
    this.examples = pairs.examples;
    this.sources = pairs.sources;
    this.targets = pairs.targets;
    this.exampleOfPair = pairs.exampleOfPair;
  }

  /** {@link planEpoch} */
  plan(limit: BatchLimit, options: EpochOptions): Int32Array[] {
    return planEpoch(this, limit, options);
  }

  /** {@link pairBatch} */
  batch(pairs: Int32Array): Feeds {
    return { ...pairBatch(this, pairs) };
  }
}

export interface EncodingReport {
  /** Pairs left out because the source or the target is too long (`onTooLong: 'skip'`). */
  readonly skippedPairs: number;
  /** Pairs left out because the source is too short for the target (`positionsFor`). */
  readonly unalignablePairs: number;
  /** Tokens of the kept texts that became UNKNOWN. */
  readonly unknownSourceTokens: number;
  readonly unknownTargetTokens: number;
}

export interface EncodingLimits {
  /** In tokens. Default: no limit. */
  maxSourceLength?: number;
  /** In tokens, END not counted. Default: no limit. */
  maxTargetLength?: number;
  /** Default 'error'. */
  onTooLong?: 'error' | 'skip';
  /**
   * The fewest source tokens that a target needs, such as `ctcFrames` says of CTC. With 'skip' pairs whose source has
   * fewer are left out; with 'error' they stay, for `requireAlignable` to name. Default: none.
   */
  positionsFor?: (target: readonly number[]) => number;
  /** Told of each pair that is left out. */
  onLeftOut?: (pair: LeftOutPair) => void;
}

/** A pair that is left out, and why. */
export interface LeftOutPair {
  readonly example: Example;
  readonly reference: string;
  /** Too long for a limit, or with a source too short for its target (`positionsFor`). */
  readonly reason: 'too-long' | 'unalignable';
}

/** Tokenizer and the vocabulary of the texts, which are those to train on. @throws UserError for a single string. */
export function buildEncoding(
  texts: Iterable<string>,
  tokenizer: Tokenizer,
  limits: VocabularyLimits = {},
): TextEncoding {
  requireTexts('buildEncoding', texts);
  const tokenized = function* () {
    for (const text of texts) yield tokenizer.tokenize(text);
  };
  return { tokenizer, vocabulary: Vocabulary.build(tokenized(), limits) };
}

/**
 * Tokenises examples into flat storage; unknown tokens become UNKNOWN and are counted.
 * @throws UserError as {@link encodeEach}.
 */
export function encodeExamples(
  examples: readonly Example[],
  encoding: { source: TextEncoding; target: TextEncoding },
  limits: EncodingLimits = {},
): PairDataset {
  const kept: Example[] = [];
  const [sources, targets] = [new SequencePacker(), new SequencePacker()];
  const exampleOfPair: number[] = [];
  const report = encodeEach(examples, encoding, limits, (example, source, references) => {
    for (const reference of references) {
      targets.push(reference);
      exampleOfPair.push(kept.length);
    }
    kept.push(example);
    sources.push(source);
  });
  const pairs = {
    examples: kept,
    sources: sources.pack(),
    targets: targets.pack(),
    exampleOfPair: Int32Array.from(exampleOfPair),
  };
  return new PairDataset(pairs, report);
}

/**
 * Tokenises examples one by one.
 * @param keep given each example that has a pair within the limits, its source and the targets of those pairs, as token ids.
 * @throws UserError naming the example's origin when a source has no token, or when a text is longer than its limit
 * and `onTooLong` is 'error'; also when nothing is left after skipping.
 */
export function encodeEach(
  examples: Iterable<Example>,
  encoding: { source: TextEncoding; target: TextEncoding },
  limits: EncodingLimits,
  keep: (example: Example, source: readonly number[], targets: readonly (readonly number[])[]) => void,
): EncodingReport {
  const { maxSourceLength = Infinity, maxTargetLength = Infinity, onTooLong = 'error', onLeftOut } = limits;
  const positionsFor = onTooLong === 'skip' ? limits.positionsFor : undefined;
  const report = { skippedPairs: 0, unalignablePairs: 0, unknownSourceTokens: 0, unknownTargetTokens: 0 };
  let kept = 0;

  const fits = (ids: readonly number[], limit: number, side: 'source' | 'target', { origin }: Example) => {
    if (ids.length <= limit) return true;
    if (onTooLong === 'skip') return false;
    const key = side === 'source' ? 'maxSourceLength' : 'maxTargetLength';
    throw new UserError(
      `${origin}: the ${side} has ${ids.length} tokens, more than ${key} ${limit}. ` +
        `Shorten it, raise ${key}, or set onTooLong: skip.`,
    );
  };

  for (const example of examples) {
    const source = encodeSource(example.source, encoding.source, example.origin);
    if (!fits(source, maxSourceLength, 'source', example)) {
      report.skippedPairs += example.references.length;
      for (const reference of example.references) onLeftOut?.({ example, reference, reason: 'too-long' });
      continue;
    }
    const targets: (readonly number[])[] = [];
    for (const reference of example.references) {
      const { tokenizer, vocabulary } = encoding.target;
      const target = vocabulary.encode(tokenizer.tokenize(reference));
      if (!fits(target, maxTargetLength, 'target', example)) {
        report.skippedPairs++;
        onLeftOut?.({ example, reference, reason: 'too-long' });
      } else if (positionsFor && positionsFor(target) > source.length) {
        report.unalignablePairs++;
        onLeftOut?.({ example, reference, reason: 'unalignable' });
      } else targets.push(target);
    }
    if (targets.length === 0) continue;
    keep(example, source, targets);
    kept++;
    report.unknownSourceTokens += unknownIn(source);
    for (const target of targets) report.unknownTargetTokens += unknownIn(target);
  }
  if (kept === 0) throw nothingLeft(report, limits);
  return report;
}

function nothingLeft(
  { skippedPairs, unalignablePairs }: Pick<EncodingReport, 'skippedPairs' | 'unalignablePairs'>,
  { maxSourceLength = Infinity, maxTargetLength = Infinity }: EncodingLimits,
): UserError {
  const problems = [
    skippedPairs > 0 &&
      `all ${skippedPairs} pairs are longer than maxSourceLength ${maxSourceLength} or maxTargetLength ${maxTargetLength}. Raise the limits.`,
    unalignablePairs > 0 &&
      `${skippedPairs > 0 ? 'The other' : 'all'} ${unalignablePairs} pairs have a source too short for its target. Give others.`,
  ].filter(Boolean);
  return new UserError(problems.length > 0 ? problems.join(' ') : 'the data set has no examples.');
}

/**
 * Tokenises one source.
 * @param options.unknown see {@link Vocabulary.encode}.
 * @throws UserError naming the origin when it has no token, or unknown ones with `unknown: 'error'`.
 */
export function encodeSource(
  text: string,
  { tokenizer, vocabulary }: TextEncoding,
  origin: string,
  options: { unknown?: 'id' | 'error' } = {},
): number[] {
  const tokens = tokenizer.tokenize(text);
  if (tokens.length === 0) {
    const token = tokenizer.type in tokenizers ? tokenizer.type : 'token';
    throw new UserError(`${origin}: the source has no ${token} in it. Give it a text, or remove it.`);
  }
  try {
    return vocabulary.encode(tokens, options);
  } catch (error) {
    if (error instanceof UserError)
      throw new UserError(
        `${origin}: ${error.message}. Leave out what it does not know, or let it be read as <unknown> (predict --unknown, in programs unknown: 'id').`,
      );
    throw error;
  }
}

function unknownIn(ids: readonly number[]): number {
  return ids.reduce((count, id) => (id === UNKNOWN ? count + 1 : count), 0);
}
