import type { Feeds } from '../engine/feeds.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { UserError } from '../tensor/errors.js';
import { planShortestFirst } from './epochPlan.js';
import type { EvaluationData } from './trainingData.js';

export interface FrameSequencesOptions {
  /** Frame after frame of each. [recordings][frames · bands] */
  readonly recordings: readonly Float32Array[];
  /** Values of a frame. */
  readonly bands: number;
  /** Batches are padded to a multiple of it: the stride of the encoder; 1 by default. */
  readonly stride?: number;
}

/** Recordings as sequences of frames, of any lengths: what a `FrameEncoder` reads. */
export class FrameSequences implements EvaluationData {
  /** Frames of each. [recordings] */
  readonly lengths: Int32Array;
  readonly recordings: readonly Float32Array[];
  private readonly bands: number;
  private readonly stride: number;

  /** @throws UserError unless each recording is whole frames, one at least. */
  constructor({ recordings, bands, stride = 1 }: FrameSequencesOptions) {
    requireOptions(this, 'a whole number from 1', { bands, stride });
    recordings.forEach(({ length }, i) => {
      if (length === 0 || length % bands !== 0)
        throw new UserError(
          `FrameSequences: recording ${i + 1} has ${length} values, which do not make up frames of ${bands}.`,
        );
    });
    this.recordings = recordings;
    this.lengths = Int32Array.from(recordings, ({ length }) => length / bands);
    this.bands = bands;
    this.stride = stride;
  }

  planEvaluation(batchSize: number): Int32Array[] {
    return planShortestFirst(this.lengths, batchSize);
  }

  /**
   * `frames` float32 [batch, time, bands], 0 after the end of each; `frameLengths` int32 [batch]; `exampleIndex` int32 [batch].
   * The time is that of the longest, up to the next multiple of the stride.
   */
  batch(indices: Int32Array): Feeds {
    const { bands, stride } = this;
    const lengths = indices.map((index) => this.lengths[index]!);
    const time = Math.ceil(Math.max(1, ...lengths) / stride) * stride;
    const frames = new Float32Array(indices.length * time * bands);
    indices.forEach((index, b) => {
      frames.set(this.recordings[index]!, b * time * bands);
    });
    const shape = [indices.length];
    return {
      frames: { dtype: 'float32', shape: [indices.length, time, bands], data: frames },
      frameLengths: { dtype: 'int32', shape, data: lengths },
      exampleIndex: { dtype: 'int32', shape, data: indices.slice() },
    };
  }
}
