import { UserError } from '../tensor/errors.js';

/** The loss is no number any more: no training comes back from there. */
export class DivergedError extends UserError {
  /** @param step the update that it was to be. */
  constructor(
    lossSum: number,
    readonly step: number,
  ) {
    super(`The loss became ${lossSum} at step ${step}. Lower the learning rate, or clip the gradients.`);
  }
}
