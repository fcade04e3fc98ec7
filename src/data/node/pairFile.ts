import type { Feeds } from '../../engine/feeds.js';
import { randomKey } from '../../tensor/random.js';
import { pairBatch } from '../batching.js';
import { planByLength, type EpochOptions, type PairLengths } from '../epochPlan.js';
import { hashNumbers } from '../fingerprint.js';
import { Int32List, packSequences } from '../sequences.js';
import type { BatchLimit, TrainingData } from '../trainingData.js';
import { TemporaryFile } from './temporaryFile.js';

/** Numbers that are gathered before they are written. */
const PIECE = 1 << 18;

const BYTES = Int32Array.BYTES_PER_ELEMENT;

/**
 * Encoded pairs on their way to the disk: `writer.push(source, target)` for each, then `writer.finish()` to train on them.
 */
export class PairFileWriter {
  private readonly file = new TemporaryFile();
  private readonly piece = new Int32List();
  private readonly sourceLengths = new Int32List();
  private readonly targetLengths = new Int32List();
  private hash = randomKey(0);

  /** @param target without START and END. */
  push(source: readonly number[], target: readonly number[]): void {
    this.piece.push(source);
    this.piece.push(target);
    this.sourceLengths.push([source.length]);
    this.targetLengths.push([target.length]);
    this.hash = hashNumbers([[source.length], source, target], this.hash);
    if (this.piece.length >= PIECE) this.flush();
  }

  /** The pairs, to be read; the writer takes no more. */
  finish(): PairFile {
    this.flush();
    const lengths = { source: this.sourceLengths.toArray(), target: this.targetLengths.toArray() };
    return new PairFile(this.file, lengths, this.hash);
  }

  private flush(): void {
    const ids = this.piece.toArray();
    this.file.append(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength));
    this.piece.clear();
  }
}

/**
 * Pairs as token ids in a temporary file, as many as the disk has room for: in memory are their lengths and places alone, 16
 * bytes a pair. Batches are those of a `PairDataset` of the same pairs.
 */
export class PairFile implements TrainingData {
  /** Where each pair begins, in numbers: the source, then the target. */
  private readonly starts: Float64Array;

  constructor(
    private readonly file: TemporaryFile,
    private readonly lengths: PairLengths,
    /** A hash of all pairs. */
    readonly fingerprint: number,
  ) {
    this.starts = new Float64Array(this.count);
    for (let pair = 1; pair < this.count; pair++)
      this.starts[pair] = this.starts[pair - 1]! + this.lengthOf(pair - 1);
  }

  /** Number of pairs. */
  get count(): number {
    return this.lengths.source.length;
  }

  /** Batches of pairs of similar length; see `planEpoch`. */
  plan(limit: BatchLimit, options: EpochOptions): Int32Array[] {
    const { source, target } = this.lengths;
    const originOf = (pair: number) => `training pair ${pair + 1}`;
    // With END.
    const lengths = { source, target: target.map((length) => length + 1) };
    return planByLength(lengths, limit, { ...options, originOf });
  }

  /** {@link pairBatch} */
  batch(pairs: Int32Array): Feeds {
    const { source } = this.lengths;
    const ids = Array.from(pairs, (pair) => this.read(pair));
    const rows = pairs.map((_, row) => row);
    const sources = packSequences(ids.map((both, row) => both.subarray(0, source[pairs[row]!]!)));
    const targets = packSequences(ids.map((both, row) => both.subarray(source[pairs[row]!]!)));
    const feeds = pairBatch({ sources, targets, exampleOfPair: rows }, rows);
    return { ...feeds, exampleIndex: { ...feeds.exampleIndex, data: pairs.slice() } };
  }

  private lengthOf(pair: number): number {
    return this.lengths.source[pair]! + this.lengths.target[pair]!;
  }

  /** Source and target of a pair, end to end. */
  private read(pair: number): Int32Array {
    const ids = new Int32Array(this.lengthOf(pair));
    this.file.read(new Uint8Array(ids.buffer), this.starts[pair]! * BYTES);
    return ids;
  }
}
