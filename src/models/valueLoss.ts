import { cast, equal } from '../ops/elementwise.js';
import { sum } from '../ops/reduce.js';
import { requireOneOf, requireOptions } from '../tensor/requireOptions.js';
import type { Tensor } from '../tensor/tensor.js';
import { absoluteError, huber, squaredError } from '../losses/regression.js';

export const valueLossTypes = ['mse', 'mae', 'huber'] as const;
/** Squared error; absolute error, which the median minimises; Huber's, squared near 0 and absolute beyond `delta`. */
export type ValueLossType = (typeof valueLossTypes)[number];

export interface ValueLossOptions {
  /** 'mse' by default. */
  readonly loss?: ValueLossType;
  /** Where Huber's loss becomes absolute; 1 by default. */
  readonly delta?: number;
}

/** Sums over the values that are numbers: the loss, and how many. */
export type ValueLoss = (prediction: Tensor, target: Tensor) => { loss: Tensor; count: Tensor };

/**
 * A loss of values by its name. NaN in the target stands for a value that is not known: it counts nothing.
 * @throws UserError for another name, and unless delta is finite and above 0.
 */
export function createValueLoss(
  owner: object,
  { loss: type = 'mse', delta = 1 }: ValueLossOptions,
): ValueLoss {
  requireOneOf(owner, valueLossTypes, { loss: type });
  requireOptions(owner, 'a finite number above 0', { delta });
  const elementwise = {
    mse: squaredError,
    mae: absoluteError,
    huber: (prediction: Tensor, target: Tensor, mask: Tensor) => huber(prediction, target, { delta, mask }),
  }[type];
  return (prediction, target) => {
    // NaN alone differs from itself.
    const known = equal(target, target);
    return { loss: sum(elementwise(prediction, target, known)), count: sum(cast(known, 'float32')) };
  };
}
