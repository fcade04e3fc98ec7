import { embedding } from '../../ops/gather.js';
import type { Tensor } from '../../tensor/tensor.js';
import { gaussian } from '../initializers.js';
import { Module, Parameter } from '../module.js';

/** A vector per token id.  ids [...] int32 → [..., size]. Vectors start standard normal, as in PyTorch. */
export class Embedding extends Module {
  readonly weight: Parameter;

  constructor(
    readonly vocabularySize: number,
    readonly size: number,
  ) {
    super();
    this.weight = new Parameter([vocabularySize, size], gaussian(1));
  }

  forward(ids: Tensor): Tensor {
    return embedding(this.weight, ids);
  }
}
