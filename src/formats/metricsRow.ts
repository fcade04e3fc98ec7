/**
 * One row of `metrics.jsonl`: what was measured at a step. The keys beside these are metrics by name (`loss`,
 * `perplexity`, `tokenAccuracy`, `learningRate`, `gradientNorm`, `tokensPerSecond`, `memory` in MiB, `per`, `wer` …); a value that was
 * NaN or infinite is null.
 */
export interface MetricsRow {
  /** Updates done. */
  step: number;
  /** Passes over the data done, with fraction. */
  epoch: number;
  split: 'train' | 'validation';
  /** Seconds since training began. */
  time?: number;
  [metric: string]: number | string | null | undefined;
}
