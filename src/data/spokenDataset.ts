import type { Feeds } from '../engine/feeds.js';
import { UserError } from '../tensor/errors.js';
import { padRows } from './batching.js';
import { planByLength, type EpochOptions } from './epochPlan.js';
import type { Example } from './examples.js';
import type { FrameSequences } from './frameSequences.js';
import { countOf, lengthOf, type TokenSequences } from './sequences.js';
import type { SplitMarks } from './splitMarks.js';
import { StandardScaler } from './standardScaler.js';
import type { BatchLimit, EvaluationData, TrainingData } from './trainingData.js';

/** A recording and what is said in it. */
export interface Spoken extends SplitMarks {
  /** What is heard, frame after frame. [frames · bands] */
  readonly frames: Float32Array;
  /** What is said. */
  readonly text: string;
  /** As its table names it. */
  readonly name: string;
  /** Where it stands, for messages: `digits.tsv: line 12`. */
  readonly origin: string;
}

/** Deviations of a band that are less come of rounding: it says nothing. */
const LEAST_DEVIATION = 1e-5;

/**
 * Mean and deviation of each band over all frames, so that a model reads bands of mean 0 and deviation 1; a band that never
 * changes is only shifted. @param recordings [recordings][frames · bands].
 */
export function fitBands(recordings: readonly Float32Array[], bands: number): StandardScaler {
  const sum = (of: (value: number, band: number) => number) => {
    const sums = new Float64Array(bands);
    for (const frames of recordings)
      for (let i = 0; i < frames.length; i++) {
        const band = i % bands;
        sums[band]! += of(frames[i]!, band);
      }
    return sums;
  };
  const count = recordings.reduce((total, { length }) => total + length / bands, 0);
  const means = Array.from(
    sum((value) => value),
    (total) => total / count,
  );
  const deviations = Array.from(
    sum((value, band) => (value - means[band]!) ** 2),
    (total) => Math.sqrt(total / count),
  ).map((deviation) => (deviation > LEAST_DEVIATION ? deviation : 1));
  return new StandardScaler(means, deviations);
}

/** Recordings with their texts as token ids, ready to train on and to measure: batches for a `CtcModel` of frames. */
export class SpokenDataset implements TrainingData, EvaluationData {
  /** The name of each recording, and its text as the one reference. */
  readonly examples: readonly Example[];
  readonly sources: FrameSequences;
  /** One per recording. */
  readonly targets: TokenSequences;

  /** @throws UserError unless there is a recording and a target for each example. */
  constructor({ examples, sources, targets }: Pick<SpokenDataset, 'examples' | 'sources' | 'targets'>) {
    if (examples.length !== sources.lengths.length || examples.length !== countOf(targets))
      throw new UserError(
        `SpokenDataset: there are ${examples.length} examples, but ${sources.lengths.length} recordings and ${countOf(targets)} targets. Give one of each per example.`,
      );
    this.examples = examples;
    this.sources = sources;
    this.targets = targets;
  }

  /** Random batches of recordings of similar length, as `planEpoch`; under `batchTokens` a frame counts as one token. */
  plan(limit: BatchLimit, options: EpochOptions): Int32Array[] {
    const { examples, sources, targets } = this;
    const lengths = {
      source: sources.lengths,
      target: Int32Array.from(examples, (_, i) => lengthOf(targets, i)),
    };
    return planByLength(lengths, limit, { ...options, originOf: (i) => examples[i]!.origin });
  }

  planEvaluation(batchSize: number): Int32Array[] {
    return this.sources.planEvaluation(batchSize);
  }

  /** As of {@link FrameSequences}, with `labels` int32 [batch, labels], PAD after the end, and `labelLengths` int32 [batch]. */
  batch(indices: Int32Array): Feeds {
    const { ids: labels, lengths: labelLengths } = padRows(this.targets, indices);
    return { ...this.sources.batch(indices), labels, labelLengths };
  }
}
