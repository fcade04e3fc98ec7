import { add, mul } from '../ops/elementwise.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { Tensor } from '../tensor/tensor.js';
import { Module } from '../nn/module.js';
import { sharingTraces } from './sharedTrace.js';
import type { Trainable } from './trainable.js';

/** One of the tasks that are trained together. */
export interface WeightedTask {
  readonly model: Trainable;
  /** What a label of this task counts; 1 by default. */
  readonly weight?: number;
}

/**
 * Several models trained together, over encoders that they share by holding the same object (Caruana 1997). Each keeps
 * its own labels under names of its own, and is measured on its own afterwards, with the parameters of all.
 *
 * A label of task k counts wₖ, as examples of a class under class weights: what is minimised is Σₖ wₖ·(summed loss)ₖ ÷
 * Σₖ wₖ·countₖ. Both sums are over single labels, so batches may mix tasks, have labels of one alone, or of any number,
 * and small batches still add up to the large one, which a sum of means per batch would not.
 */
export class MultiTask extends Module implements Trainable {
  readonly models: readonly Trainable[];
  private readonly weights: readonly number[];

  /** @throws UserError without a task, and unless weights are finite and above 0. */
  constructor(tasks: readonly WeightedTask[]) {
    super();
    requireOptions(this, 'a whole number from 1', { tasks: tasks.length });
    this.models = tasks.map(({ model }) => model);
    this.weights = tasks.map(({ weight = 1 }) => weight);
    const named = Object.fromEntries(this.weights.map((weight, i) => [`weight of task ${i + 1}`, weight]));
    requireOptions(this, 'a finite number above 0', named);
  }

  /** Weighted sums over the tasks. What they share is traced once. */
  traceLoss(): { loss: Tensor; count: Tensor; objective: Tensor } {
    const traced = sharingTraces(() => this.models.map((model) => model.traceLoss()));
    const total = (sums: readonly Tensor[]) =>
      sums.map((x, i) => mul(x, this.weights[i]!)).reduce((a, b) => add(a, b));
    return {
      loss: total(traced.map(({ loss }) => loss)),
      count: total(traced.map(({ count }) => count)),
      objective: total(traced.map(({ loss, objective = loss }) => objective)),
    };
  }
}
