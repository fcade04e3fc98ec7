import type { BadRows } from '../../data/badRows.js';
import type { SplitName } from '../../data/split.js';
import type { Engine, HostTensor } from '../../engine/engine.js';
import type { RunDirectory } from '../../formats/node/runDirectory.js';
import type { ConfusionMatrix } from '../../metrics/classification.js';
import type { MetricName } from '../../metrics/metrics.js';
import type { Module } from '../../nn/module.js';
import type { TextEncoding } from '../../text/tokenizerJson.js';
import type { Evaluation } from '../../train/evaluator.js';
import type { Metrics } from '../../train/trainer.js';
import { badRowsOf } from '../badRowPolicy.js';
import type { Config } from '../schema.js';

/** What a run directory says of its model, values aside. */
export interface RunDescription<C extends Config = Config, M extends Module = Module> {
  readonly run: RunDirectory;
  readonly config: C;
  readonly model: M;
  /** How texts become ids, by what they are to the model. */
  readonly encodings: Readonly<Record<string, TextEncoding>>;
}

/** A part of a run's own data, or a file. */
export type EvaluatedPart = { readonly split: SplitName } | { readonly file: string };

export interface RunEvaluationOptions {
  /** Hypotheses kept, 1 is greedy; the run's own by default. */
  readonly beam?: number;
  /** What is measured; by default all metrics but those on demand, of which only the ones that the run was validated by. */
  readonly metrics?: readonly MetricName[];
}

/** What was said of each class. */
export interface NamedConfusion {
  readonly names: readonly string[];
  /** By the true class, then by the one that was said. */
  readonly counts: ConfusionMatrix;
}

/** What was measured, and on how much. */
export interface RunEvaluation extends Evaluation {
  /** Examples, of a language model tokens. */
  readonly examples: number;
  /** What is odd about the data, in words. */
  readonly notes: readonly string[];
  /** Of each example that `measurables` has, what tells whether another run was measured on the same. */
  readonly keys: readonly string[];
  /** Of a classifier. */
  readonly confusion?: NamedConfusion;
  /** Figures to compare with, by what they are of. */
  readonly comparisons?: Readonly<Record<string, Metrics>>;
}

/** The same of a model that can be one of several, with how many labels its loss is the mean of. */
export interface HeadEvaluation extends RunEvaluation {
  readonly count: number;
}

/** A checkpoint of a run. */
export interface LoadedParameters {
  readonly engine: Engine;
  /** Of the checkpoint. */
  readonly step: number;
  readonly parameters: ReadonlyMap<string, HostTensor>;
}

/** A trained model and what its run directory says of it; each task adds its encoding, its evaluator and its way of answering. */
export abstract class TaskRun<Description extends RunDescription> {
  readonly run: RunDirectory;
  readonly config: Description['config'];
  readonly model: Description['model'];
  /** Of the checkpoint. */
  readonly step: number;
  readonly parameters: ReadonlyMap<string, HostTensor>;
  /** What is done about bad rows of the data that are measured; the configuration says it, unless it is set. */
  badRows: BadRows;

  constructor(
    readonly description: Description,
    { step, parameters }: LoadedParameters,
  ) {
    this.run = description.run;
    this.config = description.config;
    this.model = description.model;
    this.step = step;
    this.parameters = parameters;
    this.badRows = badRowsOf(description.config);
  }

  /**
   * All figures of the model on a part of its data or on a file.
   * @throws UserError when there are no such data, they do not fit, or a metric is none of the task.
   */
  abstract evaluate(part: EvaluatedPart, options?: RunEvaluationOptions): Promise<RunEvaluation>;
}
