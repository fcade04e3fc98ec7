import type { Survey } from '../../data/survey.js';
import type { TaskName } from '../schema.js';
import type { Entry } from './commentedYaml.js';

/** What the user wants, where the data leave it open. */
export interface Wishes {
  /** How long the training may take on two cores. */
  readonly minutes: number;
  readonly task?: TaskName | undefined;
  /** Columns, by name or place. */
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  /** Rows of a series that are forecast. */
  readonly horizon?: number | undefined;
  /** Files of their own to validate and to test. */
  readonly validation?: string | undefined;
  readonly test?: string | undefined;
}

/** What a proposal is made from. */
export interface Circumstances<S extends Survey = Survey> {
  readonly survey: S;
  readonly wishes: Wishes;
  /** A path as the configuration has it. */
  readonly path: (path: string) => string;
}

/** A configuration for some data, with its reasons. */
export interface Proposal {
  readonly task: TaskName;
  /** Why this task: a sentence each. */
  readonly reasons: readonly string[];
  /** All keys but the name. */
  readonly entries: readonly (Entry | undefined)[];
  /** The model in words. */
  readonly model: string;
  /** Of training on two cores, estimated. */
  readonly minutes: number;
  /** What was measured of comparable data. */
  readonly expectation: string;
  /** What the user may want to say otherwise. */
  readonly hints: readonly string[];
  /** What `heddle predict` is asked. */
  readonly asked: string;
}
