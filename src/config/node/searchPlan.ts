import type { BadRowPolicy } from '../../data/badRows.js';
import { betterWhen } from '../../metrics/metrics.js';
import { UserError } from '../../tensor/errors.js';
import { randomKey } from '../../tensor/random.js';
import { rungsOf, type Search, type Strategy } from '../../tune/search.js';
import { drawValues, extremes, gridOf, gridSize, type Value, type Values } from '../../tune/space.js';
import { withOnBadRow } from '../badRowPolicy.js';
import { parseConfig, parseTune } from '../parseConfig.js';
import type { Config } from '../schema.js';
import type { TuneConfig } from '../tuneSchema.js';
import { resolveConfig, type NamedConfig } from './readConfig.js';

/** A search, and how its values become configurations. */
export interface SearchPlan {
  readonly search: Search;
  readonly tune: TuneConfig;
  /** As the file says it, without what is searched. */
  readonly base: NamedConfig;
  /** With values in place. */
  configOf(values: Values): NamedConfig;
}

const USUAL_TRIALS = 20;

const STOP_ON = 'training.validation.stopOn';

/** Combinations of a grid, each of which is a training: nobody would wait for more. */
const LARGEST_GRID = 1000;

/**
 * Reads what a configuration says to search.
 * @param path of the text's file. @param overrides see `parseConfig`. @param onBadRow in place of `data.onBadRow`.
 * @throws UserError when a key of the space or a value is refused in every combination, or the strategy does not fit.
 */
export function planSearch(
  text: string,
  path: string,
  overrides: readonly string[] = [],
  onBadRow?: BadRowPolicy,
): SearchPlan {
  const tune = parseTune(text, path, overrides);
  const configWith = (given: readonly string[]) => withOnBadRow(resolveConfig(text, path, given), onBadRow);
  const base = configWith(overrides);
  const { space, seed } = tune;
  const withValues = (values: Values) => [...overrides, ...Object.entries(values).map(asOverride)];
  /** What is wrong with a combination, if anything. */
  const problem = (values: Values): string | undefined => {
    try {
      parseConfig(text, path, withValues(values));
      return undefined;
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
  };
  if (STOP_ON in space)
    throw new UserError(
      `${path}: tune.space: ${STOP_ON} says what trials are compared by, so it must be the same for all. Leave it out.`,
    );
  requireValues(path, { space, seed }, problem);
  const isAllowed = (values: Values) => problem(values) === undefined;
  const strategy = strategyOf(tune);
  if (strategy.type === 'halving') requireRungs(path, base, tune, strategy);
  if (strategy.type === 'grid' && gridSize(space) > LARGEST_GRID)
    throw new UserError(
      `${path}: tune.space has ${gridSize(space)} combinations, more than the ${LARGEST_GRID} that a grid may have. Take fewer values, or another tune.strategy.`,
    );
  const trials =
    strategy.type === 'grid' ? gridOf(space).filter(isAllowed).length : (tune.trials ?? USUAL_TRIALS);
  return {
    tune,
    base,
    configOf: (values) => configWith(withValues(values)),
    search: {
      space,
      strategy,
      trials,
      seed,
      rungs: rungsOf(strategy, base.training.steps ?? 0),
      betterWhen: betterWhen(base.training.validation.stopOn),
      isAllowed,
    },
  };
}

/** YAML reads JSON. */
function asOverride([key, value]: [string, Value]): string {
  return `${key}=${JSON.stringify(value)}`;
}

function strategyOf({ strategy }: TuneConfig): Strategy {
  if (strategy.type !== 'halving') return strategy;
  const { base, startup, minSteps, eta } = strategy;
  return { type: 'halving', minSteps, eta, sampler: { type: base, startup } };
}

/** Combinations that are drawn to find one in which a value is right. */
const DRAWN = 50;

/** A value that is wrong by itself may be right beside other values; one that is right beside none is a mistake. */
function requireValues(
  path: string,
  { space, seed }: Pick<TuneConfig, 'space' | 'seed'>,
  problem: (values: Values) => string | undefined,
): void {
  for (const [key, dimension] of Object.entries(space))
    for (const value of extremes(dimension)) {
      const alone = problem({ [key]: value });
      if (alone === undefined) continue;
      const drawn = Array.from({ length: DRAWN }, (_, i) => drawValues(space, randomKey(seed, i)));
      if (drawn.every((values) => problem({ ...values, [key]: value }) !== undefined))
        throw new UserError(
          alone
            .split('\n')
            .map((line) => `${path}: tune.space: ${asOverride([key, value])}: ${withoutPlace(line, path)}`)
            .join('\n'),
        );
    }
}

/** A complaint without what it blames, which is not how the value was given. */
function withoutPlace(line: string, path: string): string {
  return line.replace(/^--set .*?: /, '').replace(`${path}: `, '');
}

/** Each rung must end with a validation, and before the whole training does. */
function requireRungs(
  path: string,
  { training }: Config,
  { space }: TuneConfig,
  { minSteps }: { readonly minSteps: number },
): void {
  const { steps } = training;
  const { everySteps } = training.validation;
  const length = ['training.steps', 'training.epochs', 'training.validation.everySteps'].find(
    (key) => key in space,
  );
  if (length !== undefined)
    throw new UserError(
      `${path}: tune.space: ${length} cannot be searched with halving, which decides how long each trial trains and when it is compared. Leave it out.`,
    );
  if (steps === undefined)
    throw new UserError(
      `${path}: tune.strategy halving needs training.steps, the length of a whole training. Add it.`,
    );
  if (minSteps >= steps)
    throw new UserError(
      `${path}: tune.strategy.minSteps is ${minSteps}; it must be below training.steps (${steps}).`,
    );
  if (minSteps % everySteps !== 0)
    throw new UserError(
      `${path}: tune.strategy.minSteps is ${minSteps}; it must be a multiple of training.validation.everySteps (${everySteps}), because a rung ends with a validation.`,
    );
}
