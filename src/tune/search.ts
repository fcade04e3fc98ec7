import { compareScores, proposeValues, type Sampler, type ScoredValues } from './propose.js';
import { gridOf, type Space, type Values } from './space.js';

/** How a space is searched. */
export type Strategy =
  | Sampler
  | { readonly type: 'grid' }
  /** Successive halving; see {@link rungsOf}. */
  | {
      readonly type: 'halving';
      readonly minSteps: number;
      readonly eta: number;
      readonly sampler: Sampler;
    };

/** What a search is to do. */
export interface Search {
  readonly space: Space;
  readonly strategy: Strategy;
  /** How many combinations are tried; a grid tries all of them. */
  readonly trials: number;
  readonly seed: number;
  /** Steps after which each rung ends, the last one Infinity: training to its end. Only halving has several. */
  readonly rungs: readonly number[];
  /** Which way the figure is good. */
  readonly betterWhen: 'lower' | 'higher';
  /** Whether the keys of a combination go together. */
  readonly isAllowed: (values: Values) => boolean;
}

/** What a trial had reached at the end of a rung. */
export interface Result {
  /** The best validation so far; NaN where it diverged. */
  readonly value: number;
  /** Of that validation. */
  readonly step: number;
  /** Updates done. */
  readonly steps: number;
  /** Seconds of training and validation in all. */
  readonly seconds: number;
}

/** A combination of values and how it did. */
export interface Trial {
  /** From 1, in the order of beginning. */
  readonly number: number;
  readonly values: Values;
  /** By rung. */
  readonly results: readonly Result[];
  /** Why it could not be trained to the end. */
  readonly error?: string;
}

/** A trial to train, to the end of a rung. */
export interface Job {
  readonly trial: number;
  readonly values: Values;
  readonly rung: number;
}

/**
 * The steps after which the rungs of successive halving end (Jamieson & Talwalkar 2016, "Non-stochastic Best Arm
 * Identification and Hyperparameter Optimization"): minSteps · etaⁱ below the full length, then the full length. Of the
 * trials of a rung the best 1 in eta go on to the next, from where they stopped.
 */
export function rungsOf(strategy: Strategy, steps: number): number[] {
  if (strategy.type !== 'halving') return [Infinity];
  const rungs: number[] = [];
  for (let end = strategy.minSteps; end < steps; end *= strategy.eta) rungs.push(end);
  return [...rungs, Infinity];
}

/** How many trials take part in each rung. */
export function rungSizes({ strategy, trials, rungs }: Search): number[] {
  return rungs.map((_, rung) =>
    strategy.type === 'halving' ? Math.max(1, Math.floor(trials / strategy.eta ** rung)) : trials,
  );
}

/** The score of a result: lower is better, and none is worst. */
export function scoreOf({ betterWhen }: Pick<Search, 'betterWhen'>, result: Result | undefined): number {
  if (!result || Number.isNaN(result.value)) return Infinity;
  return betterWhen === 'lower' ? result.value : -result.value;
}

/** Trials that have ended or failed, with their score in the first rung alone: later ones come of longer training. */
export function scoredTrials(search: Search, trials: readonly Trial[]): ScoredValues[] {
  return trials
    .filter(({ results, error }) => results.length > 0 || error !== undefined)
    .map(({ values, results }) => ({ values, score: scoreOf(search, results[0]) }));
}

/**
 * What to train next. It follows from the search and its trials alone: a search that was killed goes on with the same
 * trials. Of what was begun and is not running, the first is taken up again.
 * @param trials all that were begun, by number.
 * @param running numbers of those that are being trained.
 * @returns undefined when there is nothing to do before a running trial has ended, or at all.
 */
export function nextJob(
  search: Search,
  trials: readonly Trial[],
  running: ReadonlySet<number>,
): Job | undefined {
  let members = trials;
  for (const [rung, size] of rungSizes(search).entries()) {
    if (rung > 0) members = ranked(search, members, rung - 1).slice(0, size);
    const open = members.filter((trial) => !trial.error && trial.results.length <= rung);
    const idle = open.find(({ number }) => !running.has(number));
    if (idle) return { trial: idle.number, values: idle.values, rung };
    if (rung === 0) {
      const values = newValues(search, trials);
      if (values) return { trial: trials.length + 1, values, rung };
    }
    if (open.length > 0) return undefined;
  }
  return undefined;
}

/** Values of the next trial; undefined when all have been begun. */
function newValues(search: Search, trials: readonly Trial[]): Values | undefined {
  const { space, strategy, seed, isAllowed } = search;
  if (strategy.type === 'grid') return gridOf(space).filter(isAllowed)[trials.length];
  if (trials.length >= search.trials) return undefined;
  return proposeValues({
    space,
    sampler: strategy.type === 'halving' ? strategy.sampler : strategy,
    seed,
    trial: trials.length + 1,
    scored: scoredTrials(search, trials),
    tried: trials.map(({ values }) => values),
    isAllowed,
  });
}

/** Trials by their figure in a rung, the best first; of equals the one that began first. Those that failed come last. */
function ranked(search: Search, trials: readonly Trial[], rung: number): Trial[] {
  return [...trials].sort(
    (a, b) =>
      compareScores(scoreOf(search, a.results[rung]), scoreOf(search, b.results[rung])) ||
      a.number - b.number,
  );
}

/** Trials from the best to the worst: those that got furthest first, within a rung by their figure. */
export function ranking(search: Search, trials: readonly Trial[]): Trial[] {
  const last = search.rungs.length - 1;
  const groups = search.rungs.map((_, i) =>
    trials.filter(({ results, error }) => !error && results.length - 1 === last - i),
  );
  const rest = trials.filter(({ results, error }) => error !== undefined || results.length === 0);
  return [...groups.flatMap((group, i) => ranked(search, group, last - i)), ...rest];
}

/** The best of the trials that were trained to the end; undefined while there is none with a figure. */
export function winner(search: Search, trials: readonly Trial[]): Trial | undefined {
  const last = search.rungs.length - 1;
  const [best] = ranking(search, trials);
  return best && !best.error && Number.isFinite(scoreOf(search, best.results[last])) ? best : undefined;
}
