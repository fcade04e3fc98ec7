/** The loss is no number any more: no training comes back from there. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';

  /** @param step the update that it was to be. */
  constructor(
    lossSum: number,
    readonly step: number,
  ) {
    super(`The loss became ${lossSum} at step ${step}. Lower the learning rate, or clip the gradients.`);
  }
}
