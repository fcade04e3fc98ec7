/** Multiply–adds that the forward pass of an example takes. */
export interface Work {
  /** Of recurrent cells, step after step. */
  readonly recurrent?: number;
  /** Of products over all tokens at once. */
  readonly dense?: number;
  readonly convolutional?: number;
}

/**
 * Multiply–adds a second of forward and backward pass together on two cores, three of them for each of the forward pass:
 * what small batches reach, whose costs besides the products are counted here too.
 */
const RATES = { recurrent: 45e9, dense: 100e9, convolutional: 33e9 };

/** Seconds that each step takes whatever its batch, and the share that validation adds. */
const STEP = 0.004;
const VALIDATION = 1.2;

/** Seconds of training on two cores. */
function secondsOfTraining(examples: number, batch: number, work: Work): number {
  const { recurrent = 0, dense = 0, convolutional = 0 } = work;
  const each = 3 * (recurrent / RATES.recurrent + dense / RATES.dense + convolutional / RATES.convolutional);
  return VALIDATION * (examples * each + (examples / batch) * STEP);
}

/** How long a training is. */
export interface Plan {
  /** Passes over the data; undefined where there is no time for one. */
  readonly epochs: number | undefined;
  readonly steps: number;
  readonly minutes: number;
  /** Whether the time allows less than the data would bear. */
  readonly limited: boolean;
}

/**
 * As many epochs as are of use, or as many as there is time for.
 * @param examples of an epoch. @param wanted epochs that data of this kind and size bear.
 */
export function planTraining(
  examples: number,
  { batch, wanted, minutes, work }: { batch: number; wanted: number; minutes: number; work: Work },
): Plan {
  const stepsOfEpoch = Math.ceil(examples / batch);
  const epoch = secondsOfTraining(examples, batch, work) / 60;
  const most = Math.round(wanted);
  if (epoch > minutes) {
    const steps = Math.max(1, Math.floor((stepsOfEpoch * minutes) / epoch));
    return { epochs: undefined, steps, minutes, limited: true };
  }
  const epochs = clamp(Math.floor(minutes / epoch), 1, Math.max(1, most));
  return { epochs, steps: epochs * stepsOfEpoch, minutes: epochs * epoch, limited: epochs < most };
}

/** Multiply–adds of a recurrent layer for each token. */
export function recurrentWork(
  cell: 'gru' | 'lstm',
  inputs: number,
  { hidden, directions = 1 }: { hidden: number; directions?: number },
): number {
  return directions * (cell === 'gru' ? 3 : 4) * hidden * (inputs + hidden);
}

/** A value between two others. */
export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
