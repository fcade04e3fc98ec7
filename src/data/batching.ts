import { PAD } from '../text/vocabulary.js';
import { packLabels } from './packLabels.js';
import { lengthOf, type TokenSequences } from './sequences.js';
import { shiftRight, type Shifted } from './shift.js';
import type { EncodedPairs } from './trainingData.js';

/** Values in row-major order; fits the engine's HostTensor. */
export interface IntTensor {
  readonly dtype: 'int32';
  readonly shape: readonly number[];
  readonly data: Int32Array;
}

/** What a generation needs to know of the examples that it answers. */
export interface GenerationBatch {
  /** Tokens of each source; 0 where there is none. [batch] */
  readonly sourceLengths: IntTensor;
  /** Index of the row's sequence in its data set: the key of its draws. [batch] */
  readonly exampleIndex: IntTensor;
}

/** What the encoder reads. */
export interface SourceBatch extends GenerationBatch {
  /** Token ids, PAD after the end. [batch, sourceTime] */
  readonly source: IntTensor;
  /** At least 1 each. [batch] */
  readonly sourceLengths: IntTensor;
  /** Index of the row's sequence in its data set, of the pair in training: the key of its dropout masks. [batch] */
  readonly exampleIndex: IntTensor;
}

/** What a decoder reads and is to say. `tokens` is the number of real positions, END included, so output layer and loss run on those only. */
export interface TargetBatch {
  /** START and the target, PAD after the end. [batch, time] */
  readonly targetInput: IntTensor;
  /** Target length + 1. [batch] */
  readonly targetLengths: IntTensor;
  /** Flat position b·time + t of each real target position, in row-major order. [tokens] */
  readonly targetRows: IntTensor;
  /** The inverse: 1 + the index in `targetRows`, 0 for padding. [batch·time] */
  readonly targetSlots: IntTensor;
  /** The token to predict at each of `targetRows`: the target and END. [tokens] */
  readonly labels: IntTensor;
}

/** A training batch. */
export interface Batch extends SourceBatch, TargetBatch {}

/** A training batch for CTC: whole targets, without START and END. */
export interface CtcBatch extends SourceBatch {
  /** The target, PAD after the end; at least 1 wide. [batch, labels] */
  readonly labels: IntTensor;
  /** [batch] */
  readonly labelLengths: IntTensor;
}

/** The sources with the given indices, padded to the longest of them. */
export function sourceBatch(sources: TokenSequences, indices: Int32Array): SourceBatch {
  return makeSources(sources, indices, indices);
}

/** The pairs with the given indices, each side padded to its longest. */
export function pairBatch(
  dataset: Pick<EncodedPairs, 'sources' | 'targets' | 'exampleOfPair'>,
  pairs: Int32Array,
): Batch {
  const { ids, offsets } = dataset.targets;
  const shifted = Array.from(pairs, (pair) => shiftRight(ids.subarray(offsets[pair], offsets[pair + 1])));
  const rows = pairs.map((pair) => dataset.exampleOfPair[pair]!);
  return { ...makeSources(dataset.sources, rows, pairs), ...targetBatch(shifted) };
}

/** Texts to predict, padded to the longest of them. */
export function targetBatch(texts: readonly Shifted[]): TargetBatch {
  const { rows, slots, labels } = packLabels(texts.map((text) => text.labels));
  const time = slots.data.length / texts.length;
  const targetInput = newTensor([texts.length, time]);
  const targetLengths = newTensor([texts.length]);
  texts.forEach(({ input }, b) => {
    targetInput.data.set(input, b * time);
    targetLengths.data[b] = input.length;
  });
  return { targetInput, targetLengths, targetRows: rows, targetSlots: slots, labels };
}

/** The pairs with the given indices for CTC, each side padded to its longest. */
export function ctcBatch(
  { sources, targets, exampleOfPair }: Pick<EncodedPairs, 'sources' | 'targets' | 'exampleOfPair'>,
  pairs: Int32Array,
): CtcBatch {
  const rows = pairs.map((pair) => exampleOfPair[pair]!);
  const { ids: labels, lengths: labelLengths } = padRows(targets, pairs);
  return { ...makeSources(sources, rows, pairs), labels, labelLengths };
}

function makeSources(sources: TokenSequences, rows: Int32Array, exampleIndex: Int32Array): SourceBatch {
  const { ids: source, lengths: sourceLengths } = padRows(sources, rows);
  const index: IntTensor = { dtype: 'int32', shape: [rows.length], data: exampleIndex.slice() };
  return { source, sourceLengths, exampleIndex: index };
}

/** The sequences with the given indices, one a row, padded to the longest of them, and to 1 at least. */
export function padRows(sequences: TokenSequences, rows: Int32Array): { ids: IntTensor; lengths: IntTensor } {
  let time = 1;
  for (const row of rows) time = Math.max(time, lengthOf(sequences, row));
  const ids = newTensor([rows.length, time]);
  const lengths = newTensor([rows.length]);
  for (let b = 0; b < rows.length; b++) {
    const from = sequences.offsets[rows[b]!]!;
    const length = lengthOf(sequences, rows[b]!);
    lengths.data[b] = length;
    for (let t = 0; t < length; t++) ids.data[b * time + t] = sequences.ids[from + t]!;
  }
  return { ids, lengths };
}

/** Filled with PAD. */
function newTensor(shape: readonly number[]): IntTensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return { dtype: 'int32', shape, data: new Int32Array(size).fill(PAD) };
}
