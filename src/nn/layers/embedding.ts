import { embedding } from '../../ops/gather.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { gaussian, type Initializer } from '../initializers.js';
import { Module, Parameter } from '../module.js';

/** A vector per token id.  ids [...] int32 → [..., size]. Vectors start standard normal, as in PyTorch. */
export class Embedding extends Module {
  readonly weight: Parameter;

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor(
    readonly vocabularySize: number,
    readonly size: number,
    /** `given(vectors)` starts from pretrained word vectors. */
    initializer: Initializer = gaussian(1),
  ) {
    super();
    requireOptions(this, 'a whole number from 1', { vocabularySize, size });
    this.weight = new Parameter([vocabularySize, size], initializer);
  }

  forward(ids: Tensor): Tensor {
    return embedding(this.weight, ids);
  }
}
