import type { Checkpoint, Checkpoints } from '../../formats/node/checkpoints.js';
import { UserError } from '../../tensor/errors.js';
import { averageParameters } from '../averageParameters.js';

/** In the state of an average: the steps that it is the mean of. */
const AVERAGE_OF = 'averageOf';

/**
 * The mean of the checkpoints of some steps, as a checkpoint of the last of them; see `averageParameters`. Running
 * statistics are averaged as everything else. It answers; no training goes on from it, as its optimiser has no state.
 * @throws UserError for fewer than two steps, and as `Checkpoints.load`.
 */
export async function averageCheckpoints(
  checkpoints: Checkpoints,
  steps: readonly number[],
): Promise<Checkpoint> {
  if (new Set(steps).size < 2)
    throw new UserError(
      `averageCheckpoints: there is nothing to average in ${steps.length === 0 ? 'no checkpoint' : `the checkpoint of step ${steps[0]}`}. Give two steps at least.`,
    );
  const parameters = [];
  for (const step of steps) parameters.push((await checkpoints.loadParameters(step)).parameters);
  return {
    step: Math.max(...steps),
    parameters: averageParameters(parameters),
    optimizer: {},
    state: { [AVERAGE_OF]: steps },
  };
}

/** @param path of its run, for messages. @throws UserError for an average of checkpoints, which no training goes on from. */
export function requireNoAverage(path: string, { state }: Checkpoint): void {
  if (state[AVERAGE_OF] === undefined) return;
  throw new UserError(
    `${path}: holds an average of checkpoints, which no training goes on from. Go on with the run that was averaged, or start a new one from this (training.initial.run).`,
  );
}
