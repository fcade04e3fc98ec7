import { setTimeout } from 'node:timers/promises';
import { createEngine } from '../../engine/node/createEngine.js';
import { isLocked } from '../../formats/node/runLock.js';
import { UserError } from '../../tensor/errors.js';
import { DivergedError } from '../../train/divergedError.js';
import type { TrainingProgress } from '../../train/trainer.js';
import type { Result } from '../../tune/search.js';
import { parseConfig } from '../parseConfig.js';
import { trainRun } from './trainRun.js';

/** What this process is asked to train. */
export interface TrialRequest {
  /** As YAML. */
  readonly config: string;
  /** Of the run directory. */
  readonly path: string;
  readonly threads: number;
  /** Steps after which it stops for now, at a checkpoint; Infinity trains to the end. */
  readonly stopAfter: number;
}

export type TrialProgress = Pick<TrainingProgress, 'step' | 'totalSteps' | 'secondsLeft'>;

/** How it ended; interrupted trials go on another time. */
export type TrialOutcome =
  | ({ readonly type: 'trained' } & Result)
  | { readonly type: 'interrupted' }
  | { readonly type: 'failed'; readonly error: string };

export type TrialMessage = TrialOutcome | ({ readonly type: 'progress' } & TrialProgress);

/** Milliseconds between two messages on progress. */
const PROGRESS = 200;

/** Milliseconds that the trial's process in a search that was killed has to end; it needs no longer than a step. */
const PATIENCE = 30_000;

const stop = new AbortController();

async function train({ config: text, path, threads, stopAfter }: TrialRequest): Promise<TrialOutcome> {
  const engine = await createEngine({ threads });
  const config = parseConfig(text, path);
  for (let waited = 0; waited < PATIENCE && (await isLocked(path)); waited += 50) await setTimeout(50);
  let told = 0;
  const progress = ({ step, totalSteps, secondsLeft }: TrainingProgress) => {
    // Aborted during the step, the training validates and saves as if it went on, so that it can.
    if (step >= stopAfter) stop.abort();
    if (performance.now() - told < PROGRESS) return;
    told = performance.now();
    tell({ type: 'progress', step, totalSteps, secondsLeft });
  };
  const { fit } = await trainRun(config, {
    engine,
    path,
    resume: true,
    signal: stop.signal,
    observer: {
      prepared({ task, resumedFrom = 0 }) {
        if (task.heldOut.validation === undefined)
          throw new UserError(
            'no example is set aside for validation, so nothing tells a good trial. Raise data.split.validation, or give data.validation.',
          );
        if (resumedFrom >= stopAfter) stop.abort();
      },
      progress,
    },
  });
  if (fit.reason === 'interrupted' && fit.steps < stopAfter) return { type: 'interrupted' };
  // Every training that is not interrupted ends with a validation; one without a finite figure has no best.
  const { value, step } = fit.best ?? { value: NaN, step: fit.steps };
  return { type: 'trained', value, step, steps: fit.steps, seconds: fit.seconds };
}

function tell(message: TrialMessage, then: () => void = () => undefined): void {
  process.send?.(message, then);
}

// Whoever started the trial has been killed: a search that goes on starts it again.
process.on('disconnect', () => process.exit(1));
// Ctrl-C in a terminal reaches all its processes; this one waits to be told.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
process.on('message', (message: TrialRequest | 'stop') => {
  if (message === 'stop') {
    stop.abort();
    return;
  }
  const began = performance.now();
  train(message)
    .catch((error: unknown): TrialOutcome => {
      if (error instanceof DivergedError) {
        const { step } = error;
        return {
          type: 'trained',
          value: NaN,
          step,
          steps: step,
          seconds: (performance.now() - began) / 1000,
        };
      }
      const { message: text, stack = text } = error as Error;
      return { type: 'failed', error: error instanceof UserError ? text : stack };
    })
    .then(
      (outcome) => tell(outcome, () => process.exit(0)),
      () => process.exit(1),
    );
});
