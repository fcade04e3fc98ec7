import type { Module } from '../nn/module.js';
import type { Tensor } from '../tensor/tensor.js';

/** A model that a `Trainer` can train: it traces its own loss from named graph inputs, which each batch supplies. */
export interface Trainable extends Module {
  /**
   * The loss *summed* over what `count` counts (tokens, examples), both scalars: the division happens once, after any
   * accumulation. `objective` is what is minimised where that is not the loss that people compare, such as one with
   * label smoothing.
   */
  traceLoss(): { loss: Tensor; count: Tensor; objective?: Tensor };
}
