import type { Tensor } from '../tensor/tensor.js';
import type { Parameter } from './module.js';

let training = false;

/** True while a model is traced for training: dropout acts. */
export function isTraining(): boolean {
  return training;
}

/** Runs `trace` in training mode. */
export function inTraining<T>(trace: () => T): T {
  const outer = training;
  training = true;
  try {
    return trace();
  } finally {
    training = outer;
  }
}

let updates: Map<Parameter, Tensor> | undefined;

/**
 * Tells what a parameter that is not trained becomes after a step of training (running statistics). `next` makes it from
 * the old value; a layer that is applied twice goes on from its first update. Outside of `collectUpdates` nothing happens.
 */
export function recordUpdate(parameter: Parameter, next: (old: Tensor) => Tensor): void {
  updates?.set(parameter, next(updates.get(parameter) ?? parameter));
}

/** Runs `trace`, and gives what it recorded with `recordUpdate`: the next value of each parameter. */
export function collectUpdates<T>(trace: () => T): { result: T; updates: ReadonlyMap<Parameter, Tensor> } {
  const outer = updates;
  const collected = new Map<Parameter, Tensor>();
  updates = collected;
  try {
    return { result: trace(), updates: collected };
  } finally {
    updates = outer;
  }
}
