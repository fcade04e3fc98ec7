import { basename, dirname, join, relative, resolve } from 'node:path';
import { RunDirectory } from '../../formats/node/runDirectory.js';
import { counted, stepsInWords } from '../../formats/terminal.js';
import { parametersOf } from '../../nn/module.js';
import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { averageCheckpoints } from '../../train/node/averageCheckpoints.js';
import { describeRun } from './trainedRun.js';

export interface AverageRunOptions {
  /**
   * How many of the newest checkpoints; by default as many as the run was told to keep (`training.keepCheckpoints`). A best
   * one that is older is none of them, nor is one that an interruption made.
   */
  readonly last?: number;
  /** Where the average goes; the directory of the run with `-average` behind its name by default. */
  readonly to?: string;
}

/** A run that holds the average of another one's checkpoints. */
export interface AveragedRun {
  readonly path: string;
  /** Whose checkpoints were averaged, rising. */
  readonly steps: readonly number[];
  /** Names of the parameters that no gradient changes, running statistics of batch normalisation: averaged as the others. */
  readonly statistics: readonly string[];
}

/**
 * Makes a run directory that answers with the mean of the last checkpoints of a run (Vaswani et al. 2017, §6.1); that run
 * stays as it is.
 * @throws UserError when there are not as many checkpoints, fewer than two, or the directory holds a run already.
 */
export async function averageRun(
  path: string,
  { last, to = besides(path) }: AverageRunOptions = {},
): Promise<AveragedRun> {
  const { run, config, model } = await describeRun(path);
  const keep = config.training.keepCheckpoints;
  const checkpoints = run.checkpoints(keep);
  const steps = newest(await checkpoints.newestSteps(), last, { path, keep });
  if (await RunDirectory.isStarted(to))
    throw new UserError(
      `${to}: holds a run already. Choose another directory (--to; in code to), or remove it.`,
    );
  const average = await averageCheckpoints(checkpoints, steps);
  const made = await RunDirectory.create(to);
  try {
    await made.copyDescription(run);
    await made.checkpoints().save(average);
  } finally {
    made.close();
  }
  const statistics = [...parametersOf(model)].filter(([, { trainable }]) => !trainable);
  return { path: to, steps, statistics: statistics.map(([name]) => name) };
}

/** `runs/words-average` of `runs/words`. */
function besides(path: string): string {
  const full = resolve(path);
  return relative('', join(dirname(full), `${basename(full)}-average`));
}

/** The last of some steps. @throws UserError where fewer are there than are asked for, or than two. */
function newest(
  steps: readonly number[],
  last: number | undefined,
  { path, keep }: { path: string; keep: number },
): readonly number[] {
  const count = last ?? Math.max(2, steps.length);
  requireOptions('an average', 'a whole number from 2', { last: count });
  if (count <= steps.length) return steps.slice(-count);
  const there =
    steps.length === 0 ? 'no checkpoint' : `${counted(steps.length, 'checkpoint')} (${stepsInWords(steps)})`;
  throw new UserError(
    `${path}: has ${there}, not ${count}. Train with a higher training.keepCheckpoints (it is ${keep}) or a smaller training.checkpointEverySteps, or average fewer (--last; in code last).`,
  );
}
