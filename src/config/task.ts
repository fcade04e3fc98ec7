import type { BadRows } from '../data/badRows.js';
import type { TrainingData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { ReportSample } from '../formats/report.js';
import type { MetricName } from '../metrics/metrics.js';
import type { Trainable } from '../models/trainable.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import type { Metrics } from '../train/trainer.js';
import type { Augmentable } from './augmentable.js';
import type { Optimization } from './optimization.js';

/** A model and its data. */
export interface ModelWithData {
  readonly train: TrainingData;
  readonly model: Trainable;
  /** How the texts that the model reads become ids; undefined where it reads none. */
  readonly reads: TextEncoding | undefined;
  /** How many examples (of a language model: tokens) are set aside. */
  readonly heldOut: { readonly validation: number | undefined; readonly test: number | undefined };
  /** A hash of the training data: tells a resumed run whether they are still the same. */
  readonly fingerprint: number;
  /** What a run keeps beside the parameters, to read inputs and write answers: JSON by file name. */
  readonly files: Readonly<Record<string, unknown>>;
  /** In words for people: the training data, what is odd about them, what the model reads and writes. */
  readonly facts: { readonly data: string; readonly notes: readonly string[]; readonly model: string };
  /** What augmentations must know of the training data; nothing by default. */
  readonly augmentable?: Augmentable;
  /** What was left out of the data as bad. */
  readonly badRows?: BadRows;
  /** Looks at the model while it trains. */
  createEvaluator(engine: Engine, parameters: ReadonlyMap<string, HostTensor>): TaskEvaluator;
}

/** Everything that a configuration and its data say, ready for a `Trainer`. */
export interface Task extends ModelWithData, Optimization {}

export interface TaskEvaluator {
  /** The model's figures on the validation part. */
  validate(metrics: readonly MetricName[]): Promise<Metrics>;
  /** Answers to a few validation examples, the same ones throughout. */
  samples(): Promise<Omit<ReportSample, 'step'>[]>;
}

/** Validation examples whose answers are shown and kept. */
export const SAMPLES = 4;
