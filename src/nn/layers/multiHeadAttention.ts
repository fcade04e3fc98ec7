import { add, cast, div, exp, maximum, mul, sub } from '../../ops/elementwise.js';
import { matmul } from '../../ops/matmul.js';
import { max, sum } from '../../ops/reduce.js';
import { positions, reshape, transpose } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { masked, maskedSoftmax } from './attention.js';
import { Dropout } from './dropout.js';
import { Linear } from './linear.js';
import { rotate } from './rotary.js';

/** Keys and values per head, [batch, heads, source, size ÷ heads] each. */
export interface HeadMemory {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/**
 * What earlier steps have left: keys and values [rows, heads, capacity, size ÷ heads], of which the first `length` count.
 * Rotary keys are kept as they were turned.
 */
export interface HeadCache extends HeadMemory {
  /** [1, 1, 1, capacity] bool, or a row of it per row: true at places that hold a token. */
  readonly mask: Tensor;
}

export interface MultiHeadAttentionOptions {
  /** Features of the queries and of the result. */
  readonly size: number;
  /** Must divide the size. */
  readonly heads: number;
  /** Features of what is looked at; `size` by default. */
  readonly memorySize?: number;
  /** Of the weights; 0 by default. */
  readonly dropout?: number;
  /** Turns queries and keys by their positions, in self-attention; see `rotate`. False by default. */
  readonly rotary?: boolean;
}

/**
 * Multi-head attention (Vaswani et al. 2017): per head softmax(Q Kᵀ ÷ √d) V with d = size ÷ heads, the heads joined and
 * projected. Masks are boolean, true where a query may look. A query that may look nowhere has weights of 0:
 * its heads join zeros, and what it yields is the bias of the output layer, with finite gradients.
 */
export class MultiHeadAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  private readonly dropout: Dropout;
  private readonly heads: number;
  private readonly size: number;
  private readonly rotary: boolean;

  /**
   * @throws UserError unless the sizes are whole numbers from 1, `heads` divides `size`, and 0 ≤ dropout < 1; and where
   * rotary positions find heads of an odd size.
   */
  constructor({ size, heads, memorySize = size, dropout = 0, rotary = false }: MultiHeadAttentionOptions) {
    super();
    requireOptions(this, 'a whole number from 1', { size, heads, memorySize });
    if (size % heads !== 0)
      throw new UserError(`MultiHeadAttention: heads is ${heads}; it must divide size, which is ${size}.`);
    if (rotary && (size / heads) % 2 !== 0)
      throw new UserError(
        `MultiHeadAttention: rotary positions turn pairs of features, so the size of a head must be even; it is ${size / heads} (size ${size} ÷ heads ${heads}).`,
      );
    this.heads = heads;
    this.size = size;
    this.rotary = rotary;
    this.query = new Linear(size, size);
    this.key = new Linear(memorySize, size);
    this.value = new Linear(memorySize, size);
    this.output = new Linear(size, size);
    this.dropout = new Dropout(dropout);
  }

  /** memory [batch, source, M] → keys and values; once per source where it stays the same. */
  prepare(memory: Tensor): HeadMemory {
    return this.prepareAt(memory, along(memory));
  }

  private prepareAt(memory: Tensor, at: Tensor): HeadMemory {
    const keys = this.turned(this.split(this.key.forward(memory)), at);
    return { keys, values: this.split(this.value.forward(memory)) };
  }

  /**
   * queries [batch, time, size], mask broadcastable to [batch, heads, time, source] → output [batch, time, size] and
   * weights [batch, heads, time, source].
   */
  forward(queries: Tensor, memory: HeadMemory, mask: Tensor): { output: Tensor; weights: Tensor } {
    const q = this.turned(this.split(this.scaled(queries)), along(queries));
    const weights = maskedSoftmax(matmul(q, memory.keys, { transposeB: true }), mask);
    const context = matmul(this.dropout.forward(weights), memory.values);
    return { output: this.output.forward(this.join(context)), weights };
  }

  /**
   * One step of self-attention over what came before and the step itself: x [rows, 1, size] → output [rows, 1, size] and
   * the step's own keys and values [rows, heads, 1, size ÷ heads], for the cache. Equal to `forward` with a causal mask.
   */
  step(x: Tensor, cache: HeadCache): { output: Tensor; own: HeadMemory } {
    // The step stands behind what the cache holds.
    const at = reshape(sum(cast(cache.mask, 'int32'), [-1]), [cache.mask.shape[0]!, 1]);
    const q = this.turned(this.split(this.scaled(x)), at);
    const own = this.prepareAt(x, at);
    const allowed = cast(cache.mask, 'float32');
    const before = masked(matmul(q, cache.keys, { transposeB: true }), allowed);
    const here = matmul(q, own.keys, { transposeB: true });
    // A softmax over both without joining them: the size of the cache is known to the run alone.
    const highest = maximum(max(before, [-1], true), here);
    const weights = mul(exp(sub(before, highest)), allowed);
    const weight = exp(sub(here, highest));
    const context = add(matmul(weights, cache.values), mul(weight, own.values));
    const total = add(sum(weights, [-1], true), weight);
    return { output: this.output.forward(this.join(div(context, total))), own };
  }

  private scaled(queries: Tensor): Tensor {
    return mul(this.query.forward(queries), 1 / Math.sqrt(this.size / this.heads));
  }

  private turned(x: Tensor, at: Tensor): Tensor {
    return this.rotary ? rotate(x, at) : x;
  }

  /** [batch, time, size] → [batch, heads, time, size ÷ heads]. */
  private split(x: Tensor): Tensor {
    const [batch, time] = x.shape;
    return transpose(reshape(x, [batch!, time!, this.heads, this.size / this.heads]), [0, 2, 1, 3]);
  }

  private join(x: Tensor): Tensor {
    const [batch, , time] = x.shape;
    return reshape(transpose(x, [0, 2, 1, 3]), [batch!, time!, this.size]);
  }
}

/** The positions of x [batch, time, ...]: [1, time]. */
function along(x: Tensor): Tensor {
  const time = x.shape[1]!;
  return reshape(positions(time), [1, time]);
}
