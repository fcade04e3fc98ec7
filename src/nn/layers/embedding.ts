import { embedding } from '../../ops/gather.js';
import type { Tensor } from '../../tensor/tensor.js';
import { gaussian, type Initializer } from '../initializers.js';
import { Module, Parameter } from '../module.js';

/** A vector per token id.  ids [...] int32 → [..., size]. Vectors start standard normal, as in PyTorch. */
export class Embedding extends Module {
  readonly weight: Parameter;

  constructor(
    readonly vocabularySize: number,
    readonly size: number,
    /** `given(vectors)` starts from pretrained word vectors. */
    initializer: Initializer = gaussian(1),
  ) {
    super();
    this.weight = new Parameter([vocabularySize, size], initializer);
  }

  forward(ids: Tensor): Tensor {
    return embedding(this.weight, ids);
  }
}
