import type { Feeds } from '../engine/feeds.js';
import type { TokenSequences } from './sequences.js';
import type { Example } from './examples.js';

/**
 * How large a batch is: `batchSize` examples, or as many as keep examples · (longest source + longest target input)
 * within `batchTokens`, padding included, so that batches of short and of long sequences cost about the same.
 */
export type BatchLimit = { readonly batchSize: number } | { readonly batchTokens: number };

/** What a `Trainer` reads: examples in batches that follow from (seed, epoch) alone, so that a run can go on. */
export interface TrainingData {
  /** Whether the indices of a plan hold the epoch (`indicesOfEpoch`), as those of data do that change with it; by default not. */
  readonly holdsEpoch?: boolean;
  /** The batches of an epoch, as indices of examples. @throws UserError for a limit that cannot be. */
  plan(limit: BatchLimit, options: { readonly seed: number; readonly epoch: number }): Int32Array[];
  /** The graph inputs of some examples, in arrays of their own: those of a batch are made while a step still reads those of the one before. */
  batch(indices: Int32Array): Feeds;
}

/** What evaluators and predictors read: every example once, in a fixed order. */
export interface EvaluationData {
  /** Indices from 0, `batchSize` together. @throws UserError unless that is a whole number from 1. */
  planEvaluation(batchSize: number): Int32Array[];
  /** The graph inputs of some examples. */
  batch(indices: Int32Array): Feeds;
}

/** Pairs as token ids: every (source, reference) is a pair to train on, every example one source to answer. */
export interface EncodedPairs {
  readonly examples: readonly Example[];
  /** One per example. */
  readonly sources: TokenSequences;
  /** One per pair, without START and END; the pairs of an example stand together. */
  readonly targets: TokenSequences;
  /** [pairs]: index of the pair's example, and of its source. */
  readonly exampleOfPair: Int32Array;
}
