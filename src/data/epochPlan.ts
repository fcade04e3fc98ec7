import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { hashText, permutation, randomKey } from '../tensor/random.js';
import { countOf, lengthOf, type TokenSequences } from './sequences.js';
import type { BatchLimit, EncodedPairs } from './trainingData.js';

export interface EpochOptions {
  readonly seed: number;
  /** Counts from 0. */
  readonly epoch: number;
  /** 'length' puts sequences of similar length together, 'none' leaves batches fully random; 'length' by default. */
  readonly bucketBy?: 'length' | 'none';
}

/**
 * Pairs are shuffled, then sorted by length within windows of this many batches: wide enough to leave under a tenth of
 * the positions to padding for words of 2–25 letters, and narrow enough to mix the pairs anew in every epoch.
 */
const WINDOW_BATCHES = 64;

const pairShuffle = hashText('epoch: order of pairs');
const batchShuffle = hashText('epoch: order of batches');

/**
 * The batches of one epoch, as indices of pairs; every pair occurs once. A function of the data set, the limit, the
 * seed and the epoch alone: a resumed run needs to know only the epoch and how many of its batches are done.
 *
 * Within a window pairs are ordered by source length, then by target length, then at random; each order rises and
 * falls by turns, so that neighbours stay similar where the source length or the window changes. At last the batches
 * are shuffled, except the one left over: with `batchSize`, every batch but the last has exactly that many pairs.
 * @throws UserError when a single pair exceeds `batchTokens`, or the limit is no whole number from 1.
 */
export function planEpoch(dataset: EncodedPairs, limit: BatchLimit, options: EpochOptions): Int32Array[] {
  return planByLength(pairLengths(dataset), limit, { ...options, originOf: originOfPair(dataset) });
}

/** `planEpoch` for anything with lengths. @param options.originOf where an example stands, for messages. */
export function planByLength(
  lengths: PairLengths,
  limit: BatchLimit,
  options: EpochOptions & { readonly originOf: (index: number) => string },
): Int32Array[] {
  const { seed, epoch, bucketBy = 'length', originOf } = options;
  requireLimit(limit);
  const order = permutation(lengths.target.length, randomKey(seed, pairShuffle, epoch));
  if (bucketBy === 'none') return cut(order, limit, lengths, originOf);

  const window = windowSize(limit, lengths);
  for (let start = 0, falling = false; start < order.length; start += window, falling = !falling) {
    const part = sortByLength(order.subarray(start, start + window), lengths);
    if (falling) part.reverse();
  }
  const batches = cut(order, limit, lengths, originOf);
  const last = batches.pop()!;
  const shuffled = permutation(batches.length, randomKey(seed, batchShuffle, epoch));
  return [...Array.from(shuffled, (i) => batches[i]!), last];
}

/** All pairs once, sorted by length with the least padding, always in the same order: for losses without training. @throws UserError as `planEpoch`. */
export function planEvaluation(dataset: EncodedPairs, limit: BatchLimit): Int32Array[] {
  requireLimit(limit);
  const lengths = pairLengths(dataset);
  const order = Int32Array.from({ length: countOf(dataset.targets) }, (_, i) => i);
  return cut(sortByLength(order, lengths), limit, lengths, originOfPair(dataset));
}

/** All sources once, sorted by length, `batchSize` together, always in the same order: for decoding. @throws UserError as `planEpoch`. */
export function planSources(sources: TokenSequences, batchSize: number): Int32Array[] {
  const lengths = Int32Array.from({ length: countOf(sources) }, (_, i) => lengthOf(sources, i));
  return planShortestFirst(lengths, batchSize);
}

/** The same of anything with lengths. @throws UserError as `planEpoch`. */
export function planShortestFirst(lengths: Int32Array, batchSize: number): Int32Array[] {
  requireLimit({ batchSize });
  const order = lengths.map((_, i) => i);
  order.sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  return cutBySize(order, batchSize);
}

/** Examples 0 … count − 1 in their order, `batchSize` together. @throws UserError as `planEpoch`. */
export function planAll(count: number, batchSize: number): Int32Array[] {
  requireLimit({ batchSize });
  return cutBySize(
    Int32Array.from({ length: count }, (_, i) => i),
    batchSize,
  );
}

function requireLimit(limit: BatchLimit): void {
  requireOptions('batches', 'a whole number from 1', { ...limit });
}

function originOfPair({ examples, exampleOfPair }: EncodedPairs): (pair: number) => string {
  return (pair) => examples[exampleOfPair[pair]!]!.origin;
}

/** [pairs] each; the target with END. */
export interface PairLengths {
  readonly source: Int32Array;
  readonly target: Int32Array;
}

function pairLengths({ sources, targets, exampleOfPair }: EncodedPairs): PairLengths {
  return {
    source: exampleOfPair.map((example) => lengthOf(sources, example)),
    target: exampleOfPair.map((_, pair) => lengthOf(targets, pair) + 1),
  };
}

/** Sorts in place; equal lengths keep their order (the sort is stable). */
function sortByLength(order: Int32Array, { source, target }: PairLengths): Int32Array {
  return order.sort((a, b) => {
    const bySource = source[a]! - source[b]!;
    if (bySource !== 0) return bySource;
    return source[a]! % 2 === 0 ? target[a]! - target[b]! : target[b]! - target[a]!;
  });
}

/** In pairs. */
function windowSize(limit: BatchLimit, { source, target }: PairLengths): number {
  if ('batchSize' in limit) return WINDOW_BATCHES * limit.batchSize;
  const sum = (values: Int32Array) => values.reduce((total, value) => total + value, 0);
  const meanTokens = (sum(source) + sum(target)) / source.length;
  return Math.ceil((WINDOW_BATCHES * limit.batchTokens) / meanTokens);
}

function cut(
  order: Int32Array,
  limit: BatchLimit,
  lengths: PairLengths,
  originOf: (index: number) => string,
): Int32Array[] {
  return 'batchSize' in limit
    ? cutBySize(order, limit.batchSize)
    : cutByTokens(order, limit.batchTokens, lengths, originOf);
}

/** Pieces of so many; the last may have fewer. */
export function cutBySize(order: Int32Array, batchSize: number): Int32Array[] {
  const batches: Int32Array[] = [];
  for (let start = 0; start < order.length; start += batchSize) {
    batches.push(order.subarray(start, start + batchSize));
  }
  return batches;
}

function cutByTokens(
  order: Int32Array,
  batchTokens: number,
  { source, target }: PairLengths,
  originOf: (index: number) => string,
): Int32Array[] {
  const batches: Int32Array[] = [];
  let start = 0;
  let longestSource = 0;
  let longestTarget = 0;
  for (let i = 0; i < order.length; i++) {
    const pair = order[i]!;
    const own = source[pair]! + target[pair]!;
    if (own > batchTokens) {
      throw new UserError(
        `${originOf(pair)}: source and target have ${own} tokens together, more than ` +
          `batchTokens ${batchTokens}. Raise batchTokens, or limit the lengths.`,
      );
    }
    longestSource = Math.max(longestSource, source[pair]!);
    longestTarget = Math.max(longestTarget, target[pair]!);
    if ((i + 1 - start) * (longestSource + longestTarget) > batchTokens) {
      batches.push(order.subarray(start, i));
      start = i;
      longestSource = source[pair]!;
      longestTarget = target[pair]!;
    }
  }
  if (start < order.length) batches.push(order.subarray(start));
  return batches;
}
