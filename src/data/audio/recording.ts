/** A sound with one channel. */
export interface Recording {
  /** In [−1, 1], in the order of time. */
  readonly samples: Float32Array;
  /** Samples of a second. */
  readonly rate: number;
}
