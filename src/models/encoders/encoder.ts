import { less } from '../../ops/elementwise.js';
import { positions, reshape } from '../../ops/shape.js';
import type { Recurrent } from '../../nn/layers/recurrent.js';
import type { Module } from '../../nn/module.js';
import { input, type Tensor } from '../../tensor/tensor.js';

/** What a decoder needs of an encoded source. */
export interface Encoded {
  /** [batch, source, D] */
  readonly output: Tensor;
  /** [batch, source] bool: true at real positions. */
  readonly mask: Tensor;
  /** Final states per layer, each [batch, D]; none where the encoder is not recurrent. */
  readonly states: readonly (readonly Tensor[])[];
}

/** Reads a source: ids to a vector per position, in which it is seen with what is around it. */
export interface Encoder extends Module {
  /** Features of the output. */
  readonly outputSize: number;
  /** Longest source that it can read, in tokens. */
  readonly maxLength: number;
  /** The layers whose final states it gives; undefined where it gives none: a recurrent decoder then starts from its mean output. */
  readonly recurrent?: Recurrent | undefined;
  /** ids [batch, source] int32, lengths [batch] int32. */
  forward(ids: Tensor, lengths: Tensor): Encoded;
}

/** The graph inputs of a batch of texts: `name` [batch, nameTime] and `nameLengths` [batch], int32; 'source' by default. */
export function sourceInputs(name = 'source'): { ids: Tensor; lengths: Tensor } {
  return {
    ids: input(name, 'int32', ['batch', `${name}Time`]),
    lengths: input(`${name}Lengths`, 'int32', ['batch']),
  };
}

/** [batch, source] bool: true at real positions. */
export function sourceMask(ids: Tensor, lengths: Tensor): Tensor {
  const [batch, source] = ids.shape;
  return less(reshape(positions(source!), [1, source!]), reshape(lengths, [batch!, 1]));
}
