import { DivergedError } from './divergedError.js';
import type { TrainStep, TrainingBatch } from './trainStep.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';

/** The smoothed loss at each rate that was tried, and the rate that they suggest. */
export interface LearningRateScan {
  readonly rates: readonly number[];
  /**
   * Exponentially smoothed and corrected for their start, as long as they rose above the least by no more than three times
   * its size, or three times what the first five spread over where that is more: near 0 they rise and fall by chance.
   */
  readonly losses: readonly number[];
  /** Where the loss falls steepest over the logarithm of the rate; a peak rate for a schedule to scale. */
  readonly suggestion: number;
}

export interface LearningRateScanOptions {
  /** The first rate; 10⁻⁶ by default. */
  readonly from?: number;
  /** The last rate; 1 by default. */
  readonly to?: number;
  /** Updates between them; 100 by default. */
  readonly steps?: number;
}

/** Share of the old value in the smoothed loss. */
const SMOOTHING = 0.9;
/** A rise to so many times the least loss: the rate is too high. */
const DIVERGED = 4;
/** Losses before a finite one can be too high: they differ from batch to batch. */
const FEW = 5;

/**
 * Trains while the rate rises exponentially, and suggests a rate (Smith 2017). The step's parameters and optimiser are
 * changed by it: give it one of its own.
 * @param batches one per update, or several whose gradients are summed for it; fewer end the scan early.
 * @throws UserError unless 0 < from < to, both are finite and steps is a whole number from 1; when the loss is not finite
 * before anything is learnt, or runs away from the first update on.
 */
export async function findLearningRate(
  trainStep: TrainStep,
  batches: Iterable<TrainingBatch | readonly TrainingBatch[]>,
  { from = 1e-6, to = 1, steps = 100 }: LearningRateScanOptions = {},
): Promise<LearningRateScan> {
  requireOptions('findLearningRate', 'a finite number above 0', { from, to });
  requireOptions('findLearningRate', 'a whole number from 1', { steps });
  if (from >= to)
    throw new UserError(
      `findLearningRate: from is ${from}, to ${to}; the rate rises, so begin below the end.`,
    );
  const rates: number[] = [];
  const losses: number[] = [];
  let mean = 0;
  for (const batch of batches) {
    const done = losses.length;
    if (done > steps) break;
    const rate = from * (to / from) ** (done / steps);
    const loss = await lossOf(trainStep, batch, done + 1, rate);
    mean = SMOOTHING * mean + (1 - SMOOTHING) * loss;
    const smoothed = mean / (1 - SMOOTHING ** (done + 1));
    if (hasDiverged(smoothed, losses)) {
      if (done <= FEW && !losses.some((each) => each < losses[0]!)) throw divergedAtOnce(done, from);
      break;
    }
    rates.push(rate);
    losses.push(smoothed);
  }
  return { rates, losses, suggestion: steepest(rates, losses) };
}

/** Whether a smoothed loss is far above those before it, or no number any more. */
function hasDiverged(loss: number, before: readonly number[]): boolean {
  if (!Number.isFinite(loss)) return true;
  if (before.length < FEW) return false;
  const [first, least] = [before.slice(0, FEW), Math.min(...before)];
  const scale = Math.max(Math.abs(least), Math.max(...first) - Math.min(...first));
  return loss - least > (DIVERGED - 1) * scale;
}

/** The loss before an update at the given rate; infinite where it is no number any more. */
async function lossOf(
  trainStep: TrainStep,
  batch: TrainingBatch | readonly TrainingBatch[],
  step: number,
  rate: number,
): Promise<number> {
  try {
    return (await trainStep.run(batch, step, rate)).loss;
  } catch (error) {
    if (error instanceof DivergedError) return Infinity;
    throw error;
  }
}

/** What is said where no loss is left that could fall. */
function divergedAtOnce(updates: number, rate: number): UserError {
  return new UserError(
    updates === 0
      ? 'findLearningRate: the loss of the first batch is not finite, before anything is learnt. Look for very large values in the data, and standardise them; or draw smaller first parameters.'
      : `findLearningRate: the loss runs away from the first update on, at the rate ${rate}. Begin lower (from).`,
  );
}

/** The rate in the middle of the tenth of the scan over which the loss falls most. */
function steepest(rates: readonly number[], losses: readonly number[]): number {
  const span = Math.max(1, Math.round(losses.length / 10));
  let best = { fall: -Infinity, at: 0 };
  for (let at = 0; at + span < losses.length; at++) {
    const fall = losses[at]! - losses[at + span]!;
    if (fall > best.fall) best = { fall, at };
  }
  return Math.sqrt(rates[best.at]! * rates[Math.min(best.at + span, rates.length - 1)]!);
}
