import { embedding } from '../../ops/gather.js';
import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { gaussian, type Initializer } from '../initializers.js';
import { Module, Parameter } from '../module.js';

/** A vector per token id.  ids [...] int32 → [..., size]. Vectors start standard normal, as in PyTorch. */
export class Embedding extends Module {
  readonly weight: Parameter;
  private readonly given = new Map<number, ArrayLike<number>>();

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor(
    readonly vocabularySize: number,
    readonly size: number,
    initializer: Initializer = gaussian(1),
  ) {
    super();
    requireOptions(this, 'a whole number from 1', { vocabularySize, size });
    this.weight = new Parameter([vocabularySize, size], (values, key, shape) => {
      initializer(values, key, shape);
      for (const [id, vector] of this.given) values.set(vector, id * size);
    });
  }

  /**
   * Has the vectors of some ids start from given ones; the others are drawn. For pretrained word vectors see
   * `loadVectors`. It counts when the values are drawn: call it before a trainer is made.
   * @throws UserError for an id outside of the vocabulary, and for a vector of another size.
   */
  startFrom(vectors: ReadonlyMap<number, ArrayLike<number>>): void {
    for (const [id, vector] of vectors) {
      if (!Number.isInteger(id) || id < 0 || id >= this.vocabularySize)
        throw new UserError(`Embedding: there is no id ${id} among ${this.vocabularySize}.`);
      if (vector.length !== this.size)
        throw new UserError(
          `Embedding: the vector of id ${id} has ${vector.length} values; give ${this.size}, or make the embedding as large.`,
        );
    }
    for (const [id, vector] of vectors) this.given.set(id, vector);
  }

  forward(ids: Tensor): Tensor {
    return embedding(this.weight, ids);
  }
}
