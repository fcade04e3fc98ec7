import type { Engine, HostTensor } from '../engine/engine.js';
import type { MetricName } from '../metrics/metrics.js';
import type { Encoder } from '../models/encoders/encoder.js';
import type { Metrics } from '../train/trainer.js';
import type { KnownEncodings } from './initialValues.js';
import type { ModelWithData, TaskEvaluator } from './task.js';

/** What reads the texts of several models that are trained together, and what one of them calls its labels. */
export interface SharedReader {
  readonly encoder: Encoder;
  /** Name of the graph input with the labels. */
  readonly labels: string;
}

/** How the texts of a head are read, where its own data do not say it. */
export interface HeadReading {
  /** Encodings that are known before the data. */
  readonly known?: KnownEncodings;
  /** An encoder that other heads have, too; it reads in the known encoding. */
  readonly shared?: SharedReader;
}

/** A model and its data, to be trained by itself or together with others. */
export interface Head extends ModelWithData {
  createEvaluator(engine: Engine, parameters: ReadonlyMap<string, HostTensor>): HeadEvaluator;
}

/** What was measured, and how much its loss is the mean of. */
export interface Measured {
  readonly metrics: Metrics;
  readonly loss: number;
  /** Labels, each with its weight. */
  readonly count: number;
}

export interface HeadEvaluator extends TaskEvaluator {
  /** Figures and loss of the validation part; undefined where nothing is set aside for it. */
  measure(metrics: readonly MetricName[]): Promise<Measured | undefined>;
}

/** An evaluator that gives the figures of what it measures. */
export function headEvaluator(parts: Pick<HeadEvaluator, 'measure' | 'samples'>): HeadEvaluator {
  return { ...parts, validate: async (metrics) => (await parts.measure(metrics))?.metrics ?? {} };
}
