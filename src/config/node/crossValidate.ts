import { join } from 'node:path';
import type { Engine } from '../../engine/engine.js';
import { writeJson } from '../../formats/node/files.js';
import type { MetricName } from '../../metrics/metrics.js';
import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { describeIssue } from '../issues.js';
import { configSchemas, type Config, type TaskName } from '../schema.js';
import type { Task } from '../task.js';
import { requireLearnable } from './foldLabels.js';
import type { NamedConfusion, RunEvaluation } from './taskRun.js';
import { openRun } from './trainedRun.js';
import { trainRun, type TrainingObserver } from './trainRun.js';

/** A figure over folds; null where there is none: the area under a curve of a fold with one class. */
export interface FoldFigure {
  readonly folds: readonly (number | null)[];
  /** Of the folds that have it. */
  readonly mean: number | null;
  /** Standard deviation over those, with n − 1. */
  readonly deviation: number | null;
}

/** What `folds.json` has. */
export interface FoldsSummary {
  readonly metrics: Readonly<Record<string, FoldFigure>>;
  /** Of classes: what was said of all examples, each when its fold was tested. */
  readonly confusion?: NamedConfusion;
}

/** One fold, and where its model is trained. */
export interface Fold {
  /** Of `folds`, counted from 0. */
  readonly fold: number;
  readonly folds: number;
  /** The configuration whose test part is this fold. */
  readonly config: Config;
  /** Of the run directory. */
  readonly path: string;
}

/** Folds where neither the configuration nor the caller says how many. */
const USUAL_FOLDS = 5;

/**
 * The folds of a cross-validation.
 * @param options.path the folder of the runs, `fold-0`, `fold-1` …
 * @param options.folds how many; by default `data.split.folds`, else 5.
 * @param options.file of the configuration, for messages; its name by default.
 * @throws UserError for a task whose data have no folds, fewer than two folds, and where they go against what the
 * configuration says.
 */
export function foldsOf(
  config: Config,
  { path, folds, file = config.name ?? 'the configuration' }: { path: string; folds?: number; file?: string },
): Fold[] {
  if (!('data' in config) || config.task === 'forecasting' || !('fold' in config.data.split))
    throw new UserError(
      `cross-validate: the data of the task ${config.task} have no folds; they are those of pairs, classes, tags and values (data.split.folds).`,
    );
  const { split } = config.data;
  const count = folds ?? split.folds ?? USUAL_FOLDS;
  requireOptions('cross-validate', 'a whole number from 2', { folds: count });
  return Array.from({ length: count }, (_, fold) => ({
    fold,
    folds: count,
    path: join(path, `fold-${fold}`),
    config: checked(
      config.task,
      { ...config, data: { ...config.data, split: { ...split, folds: count, fold } } },
      file,
    ),
  }));
}

/** A configuration whose keys go together. @throws UserError naming the file and those that do not. */
function checked(task: TaskName, config: object, file: string): Config {
  const parsed = configSchemas[task].safeParse(config, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => describeIssue(issue, task).text);
  throw new UserError(problems.map((text) => `cross-validate: ${file}: ${text}`).join('\n'));
}

/** @throws UserError when nothing is set aside to test: the fold is empty. */
export function requireTested({ heldOut }: Task, { fold, folds }: Fold): void {
  if (heldOut.test === undefined)
    throw new UserError(
      `fold ${fold} of ${folds} has no examples: groups of them stay together, and fall into folds by a hash. Take fewer folds, or give more data.`,
    );
}

export interface CrossValidateOptions {
  readonly engine: Engine;
  /** The folder of the runs, `fold-0`, `fold-1` …, and of `folds.json`. */
  readonly path: string;
  /** How many; by default `data.split.folds`, else 5. */
  readonly folds?: number;
  /** Of the configuration, for messages; its name by default. */
  readonly file?: string;
  /** Ends it after the step in progress; called again, it goes on from there. */
  readonly signal?: AbortSignal;
  /** Told what happens in the training of a fold. */
  readonly observer?: (fold: Fold) => TrainingObserver;
}

/**
 * Cross-validation: trains a model for each fold of the data and tests it on that fold, so that every example is tested
 * once by a model that has not seen it. Folds that are done are not trained again, and one that was interrupted goes on.
 * Writes the result to `folds.json`.
 * @returns undefined when the signal ended it.
 * @throws UserError as {@link foldsOf} and `trainRun`, for a label that a fold cannot learn, and for a fold without examples.
 */
export async function crossValidate(
  config: Config,
  { engine, path, folds, file, signal, observer }: CrossValidateOptions,
): Promise<FoldsSummary | undefined> {
  const evaluations: RunEvaluation[] = [];
  const all = foldsOf(config, { path, folds, file });
  await requireLearnable(all);
  for (const fold of all) {
    const own = observer?.(fold) ?? {};
    const { fit } = await trainRun(fold.config, {
      engine,
      path: fold.path,
      resume: true,
      signal,
      observer: {
        prepared(facts) {
          requireTested(facts.task, fold);
          own.prepared?.(facts);
        },
        progress: (progress) => own.progress?.(progress),
        validated: (validation) => own.validated?.(validation),
      },
    });
    if (fit.reason === 'interrupted') return undefined;
    evaluations.push(await (await openRun(fold.path, { engine })).evaluate({ split: 'test' }));
  }
  return writeFolds(path, evaluations);
}

/** Sums up what was measured of each fold, and writes it to `folds.json`. */
export async function writeFolds(path: string, evaluations: readonly RunEvaluation[]): Promise<FoldsSummary> {
  const summary = summarizeFolds(evaluations);
  await writeJson(join(path, 'folds.json'), summary);
  return summary;
}

/**
 * Mean and standard deviation of each figure over folds, and what was said of all examples.
 * @throws UserError when there is no fold.
 */
export function summarizeFolds(evaluations: readonly RunEvaluation[]): FoldsSummary {
  const [first] = evaluations;
  if (!first)
    throw new UserError('summarizeFolds: there is no evaluation to sum up. Give that of each fold.');
  const names = Object.keys(first.metrics) as MetricName[];
  const metrics = names.map((name) => {
    const orNull = (value = NaN) => (Number.isFinite(value) ? value : null);
    const folds = evaluations.map((each) => orNull(each.metrics[name]));
    const known = folds.filter((value) => value !== null);
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    const squares = known.reduce((total, value) => total + (value - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / (known.length - 1));
    return [name, { folds, mean: orNull(mean), deviation: orNull(deviation) }] as const;
  });
  const confusions = evaluations.flatMap(({ confusion }) => confusion ?? []);
  return {
    metrics: Object.fromEntries(metrics),
    ...(confusions.length > 0 && { confusion: joined(confusions) }),
  };
}

/** The counts of several confusions, whose classes may stand in another order. */
function joined(confusions: readonly NamedConfusion[]): NamedConfusion {
  const names = [...new Set(confusions.flatMap((each) => each.names))];
  const counts = names.map(() => names.map(() => 0));
  for (const each of confusions)
    each.counts.forEach((row, i) => {
      row.forEach((count, j) => {
        counts[names.indexOf(each.names[i]!)]![names.indexOf(each.names[j]!)]! += count;
      });
    });
  return { names, counts };
}
