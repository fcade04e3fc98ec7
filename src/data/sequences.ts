/** Token sequences end to end: sequence i is `ids[offsets[i] … offsets[i + 1])`. */
export interface TokenSequences {
  readonly ids: Int32Array;
  /** One more than there are sequences; the first is 0. */
  readonly offsets: Int32Array;
}

export function packSequences(sequences: readonly ArrayLike<number>[]): TokenSequences {
  const offsets = new Int32Array(sequences.length + 1);
  sequences.forEach((sequence, i) => (offsets[i + 1] = offsets[i]! + sequence.length));
  const ids = new Int32Array(offsets[sequences.length]!);
  sequences.forEach((sequence, i) => ids.set(sequence, offsets[i]));
  return { ids, offsets };
}

/** The tokens of sequence i. */
export function sequenceAt({ ids, offsets }: TokenSequences, i: number): Int32Array {
  return ids.subarray(offsets[i], offsets[i + 1]);
}

/** Number of sequences. */
export function countOf({ offsets }: TokenSequences): number {
  return offsets.length - 1;
}

/** Length of sequence i, in tokens. */
export function lengthOf({ offsets }: TokenSequences, i: number): number {
  return offsets[i + 1]! - offsets[i]!;
}
