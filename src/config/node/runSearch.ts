import { defaultThreads } from '../../engine/node/createEngine.js';
import { UserError } from '../../tensor/errors.js';
import { nextJob, type Job, type Trial } from '../../tune/search.js';
import { formatConfig } from '../parseConfig.js';
import { SearchDirectory } from './searchDirectory.js';
import type { SearchPlan } from './searchPlan.js';
import { trainTrial } from './trial.js';
import type { TrialProgress } from './trialProcess.js';

/** Told what happens in a search. */
export interface SearchObserver {
  /** The directory is open; it may hold trials of an earlier part of the search. */
  opened?(trials: readonly Trial[]): void;
  began?(job: Job): void;
  progress?(job: Job, progress: TrialProgress): void;
  /** A trial has come to the end of a rung, or failed. */
  ended?(job: Job, trial: Trial, trials: readonly Trial[]): void;
}

export interface RunSearchOptions {
  /** Of the directory of the search. */
  readonly path: string;
  /** Goes on with the search that was begun there, if there is one. */
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
  readonly observer?: SearchObserver;
}

export interface SearchResult {
  readonly trials: readonly Trial[];
  /** Whether the signal ended it before all was done. */
  readonly interrupted: boolean;
  /** The run directory of a trial. */
  runOf(trial: number): string;
}

/**
 * Trains the trials of a search, each in a process and a run directory of its own. With one at a time it repeats itself
 * bit for bit, also when it was killed and resumed, since trials do (as long as no training.maxMinutes ends them).
 * @throws UserError as `SearchDirectory.open`, and when a trial fails before any other has succeeded: then the others
 * would most likely fail, too.
 */
export async function runSearch(plan: SearchPlan, options: RunSearchOptions): Promise<SearchResult> {
  const { path, resume, observer = {} } = options;
  const { search, tune, base } = plan;
  const directory = await SearchDirectory.open(path, plan, { resume });
  const stop = new AbortController();
  const { signal } = stop;
  const onAbort = () => stop.abort();
  options.signal?.addEventListener('abort', onAbort);
  if (options.signal?.aborted) onAbort();
  const threads = Math.max(1, Math.floor((base.training.threads ?? defaultThreads()) / tune.parallel));
  const running = new Map<number, Promise<void>>();
  let failure: unknown;

  const train = async (job: Job) => {
    const outcome = await trainTrial(
      {
        config: formatConfig(plan.configOf(job.values)),
        path: directory.runOf(job.trial),
        threads,
        stopAfter: search.rungs[job.rung]!,
      },
      { signal, onProgress: (progress) => observer.progress?.(job, progress) },
    );
    if (outcome.type === 'interrupted') return;
    if (outcome.type === 'failed') {
      if (directory.trials.every(({ results }) => results.length === 0))
        throw new UserError(`${directory.runOf(job.trial)}: ${outcome.error}`);
      await directory.fail(job, outcome.error);
    } else {
      const { value, step, steps, seconds } = outcome;
      await directory.end(job, { value, step, steps, seconds });
    }
    observer.ended?.(job, directory.trials[job.trial - 1]!, directory.trials);
  };

  try {
    observer.opened?.(directory.trials);
    for (;;) {
      while (running.size < tune.parallel && !signal.aborted) {
        const job = nextJob(search, directory.trials, new Set(running.keys()));
        if (!job) break;
        await directory.begin(job);
        observer.began?.(job);
        const work = train(job)
          .catch((error: unknown) => {
            failure ??= error;
            // The other trials save what they have.
            stop.abort();
          })
          .finally(() => running.delete(job.trial));
        running.set(job.trial, work);
      }
      if (running.size === 0) break;
      await Promise.race(running.values());
    }
    if (failure !== undefined) throw failure;
    return {
      trials: directory.trials,
      interrupted: nextJob(search, directory.trials, new Set()) !== undefined,
      runOf: (trial) => directory.runOf(trial),
    };
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    directory.close();
  }
}
