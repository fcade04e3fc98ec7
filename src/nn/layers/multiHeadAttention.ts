import { add, cast, div, exp, maximum, mul, sub } from '../../ops/elementwise.js';
import { matmul } from '../../ops/matmul.js';
import { max, sum } from '../../ops/reduce.js';
import { reshape, transpose } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { masked, maskedSoftmax } from './attention.js';
import { Dropout } from './dropout.js';
import { Linear } from './linear.js';

/** Keys and values per head, [batch, heads, source, size ÷ heads] each. */
export interface HeadMemory {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** What earlier steps have left: keys and values [rows, heads, capacity, size ÷ heads], of which the first `length` count. */
export interface HeadCache extends HeadMemory {
  /** [1, 1, 1, capacity] bool: true at places that hold a token. */
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
}

/**
 * Multi-head attention (Vaswani et al. 2017): per head softmax(Q Kᵀ ÷ √d) V with d = size ÷ heads, the heads joined and
 * projected. Masks are boolean, true where a query may look; a query that may look nowhere yields zeros.
 */
export class MultiHeadAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  private readonly dropout: Dropout;
  private readonly heads: number;
  private readonly size: number;

  /** @throws UserError unless the sizes are whole numbers from 1, `heads` divides `size`, and 0 ≤ dropout < 1. */
  constructor({ size, heads, memorySize = size, dropout = 0 }: MultiHeadAttentionOptions) {
    super();
    requireOptions(this, 'a whole number from 1', { size, heads, memorySize });
    if (size % heads !== 0)
      throw new UserError(`MultiHeadAttention: heads is ${heads}; it must divide size, which is ${size}.`);
    this.heads = heads;
    this.size = size;
    this.query = new Linear(size, size);
    this.key = new Linear(memorySize, size);
    this.value = new Linear(memorySize, size);
    this.output = new Linear(size, size);
    this.dropout = new Dropout(dropout);
  }

  /** memory [batch, source, M] → keys and values; once per source where it stays the same. */
  prepare(memory: Tensor): HeadMemory {
    return { keys: this.split(this.key.forward(memory)), values: this.split(this.value.forward(memory)) };
  }

  /**
   * queries [batch, time, size], mask broadcastable to [batch, heads, time, source] → output [batch, time, size] and
   * weights [batch, heads, time, source].
   */
  forward(queries: Tensor, memory: HeadMemory, mask: Tensor): { output: Tensor; weights: Tensor } {
    const q = this.split(this.scaled(queries));
    const weights = maskedSoftmax(matmul(q, memory.keys, { transposeB: true }), mask);
    const context = matmul(this.dropout.forward(weights), memory.values);
    return { output: this.output.forward(this.join(context)), weights };
  }

  /**
   * One step of self-attention over what came before and the step itself: x [rows, 1, size] → output [rows, 1, size] and
   * the step's own keys and values [rows, heads, 1, size ÷ heads], for the cache. Equal to `forward` with a causal mask.
   */
  step(x: Tensor, cache: HeadCache): { output: Tensor; own: HeadMemory } {
    const q = this.split(this.scaled(x));
    const own = this.prepare(x);
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
