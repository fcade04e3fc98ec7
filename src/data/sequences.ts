/** Token sequences end to end: sequence i is `ids[offsets[i] … offsets[i + 1])`. */
export interface TokenSequences {
  readonly ids: Int32Array;
  /** One more than there are sequences; the first is 0. */
  readonly offsets: Int32Array;
}

/** Numbers that the first piece of storage has room for, and the most that a piece has: each is twice the one before. */
const FIRST_PIECE = 1 << 6;
const LARGEST_PIECE = 1 << 20;

/** Gathers sequences as they come, so that those before need not be kept as lists of numbers. */
export class SequencePacker {
  private readonly ids = new Int32List();
  private readonly ends = new Int32List();

  push(sequence: ArrayLike<number>): void {
    this.ids.push(sequence);
    this.ends.push([this.ids.length]);
  }

  /** Number of sequences so far. */
  get count(): number {
    return this.ends.length;
  }

  pack(): TokenSequences {
    const offsets = new Int32Array(this.count + 1);
    this.ends.copyTo(offsets.subarray(1));
    return { ids: this.ids.toArray(), offsets };
  }
}

export function packSequences(sequences: Iterable<ArrayLike<number>>): TokenSequences {
  const packer = new SequencePacker();
  for (const sequence of sequences) packer.push(sequence);
  return packer.pack();
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

/** Integers in pieces: growing copies nothing. */
export class Int32List {
  length = 0;
  private full: Int32Array[] = [];
  private current = new Int32Array(FIRST_PIECE);
  private used = 0;

  push(values: ArrayLike<number>): void {
    if (this.used + values.length > this.current.length) {
      this.full.push(this.current.subarray(0, this.used));
      const room = Math.min(2 * this.current.length, LARGEST_PIECE);
      this.current = new Int32Array(Math.max(room, values.length));
      this.used = 0;
    }
    this.current.set(values, this.used);
    this.used += values.length;
    this.length += values.length;
  }

  /** All of them, in an array of its own. */
  toArray(): Int32Array {
    const values = new Int32Array(this.length);
    this.copyTo(values);
    return values;
  }

  clear(): void {
    this.full = [];
    this.used = 0;
    this.length = 0;
  }

  copyTo(target: Int32Array): void {
    let at = 0;
    for (const piece of [...this.full, this.current.subarray(0, this.used)]) {
      target.set(piece, at);
      at += piece.length;
    }
  }
}
