import { checkpoint } from '../../ops/checkpoint.js';
import type { Tensor } from '../../tensor/tensor.js';
import type { TransformerEncoderLayer } from './transformer.js';

export interface ThroughBlocksOptions {
  /** What each position may look at, as the blocks take it. */
  readonly mask: Tensor;
  /** Computes each block twice in training, for a fraction of the memory; see `checkpoint`. */
  readonly gradientCheckpointing: boolean;
}

/** Block after block of self-attention: [batch, time, size] → the same. */
export function throughBlocks(
  x: Tensor,
  blocks: readonly TransformerEncoderLayer[],
  { mask, gradientCheckpointing }: ThroughBlocksOptions,
): Tensor {
  return blocks.reduce((y, layer) => {
    const block = (input: Tensor) => layer.forward(input, mask);
    return gradientCheckpointing ? checkpoint(block, y) : block(y);
  }, x);
}
