import { add, cast, mul, sub, tanh } from '../../ops/elementwise.js';
import { matmul } from '../../ops/matmul.js';
import { reshape } from '../../ops/shape.js';
import { softmax } from '../../ops/softmax.js';
import { UserError } from '../../tensor/errors.js';
import { requireOneOf, requireOptions } from '../../tensor/requireOptions.js';
import { traceError, type Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { Linear } from './linear.js';

/** What a decoder looks back at. Keys are prepared once per source. */
export interface AttentionMemory {
  /** [batch, source, K]: what queries are compared with. */
  readonly keys: Tensor;
  /** [batch, source, D]: what the context averages. */
  readonly values: Tensor;
  /** [batch, source] bool: true at real positions. */
  readonly mask: Tensor;
}

/**
 * Softmax over the last axis where `mask` is true; a row that is nowhere true yields zeros.
 * scores [..., source], mask bool, broadcastable to them.
 */
export function maskedSoftmax(scores: Tensor, mask: Tensor): Tensor {
  const allowed = cast(mask, 'float32');
  return mul(softmax(masked(scores, allowed)), allowed);
}

/**
 * scores − 10³⁸ · (1 − allowed): what does not count falls below all that does, whatever its own score, and gets nothing of
 * a softmax. Unlike −∞ it leaves a fully masked row finite. `allowed` is 1 or 0; for scores up to 10³⁷ in size.
 */
export function masked(scores: Tensor, allowed: Tensor): Tensor {
  return add(scores, mul(sub(1, allowed), -1e38));
}

/** Attention over a memory: weights = softmax(score(query, key)), context = Σ weights · values. */
export abstract class Attention extends Module {
  /** Makes the memory of encoder outputs [batch, source, D] once per source. */
  prepare(outputs: Tensor, mask: Tensor): AttentionMemory {
    return { keys: this.projectKeys(outputs), values: outputs, mask };
  }

  /**
   * queries [batch, time, Q] → context [batch, time, D] and weights [batch, time, source]. An attention with coverage
   * takes it too: the sum of the weights that earlier queries gave, [batch, time, source].
   */
  forward(queries: Tensor, memory: AttentionMemory, coverage?: Tensor): { context: Tensor; weights: Tensor } {
    const [batch, source] = memory.mask.shape;
    const mask = reshape(memory.mask, [batch!, 1, source!]);
    const weights = maskedSoftmax(this.score(queries, memory.keys, coverage), mask);
    return { context: matmul(weights, memory.values), weights };
  }

  protected projectKeys(outputs: Tensor): Tensor {
    return outputs;
  }

  /** queries [batch, time, Q], keys [batch, source, K] → scores [batch, time, source]. */
  protected abstract score(queries: Tensor, keys: Tensor, coverage?: Tensor): Tensor;
}

/** Dot-product attention (Luong et al. 2015): score = q · k. The sizes must agree. */
export class DotAttention extends Attention {
  protected override score(queries: Tensor, keys: Tensor): Tensor {
    if (queries.shape.at(-1) !== keys.shape.at(-1))
      throw traceError(
        'attention',
        `dot attention needs equal sizes, got queries ${queries} and keys ${keys}; use 'general'.`,
      );
    return matmul(queries, keys, { transposeB: true });
  }
}

/** General attention (Luong et al. 2015): score = q · W k. */
export class GeneralAttention extends Attention {
  readonly key: Linear;

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor(querySize: number, memorySize: number) {
    super();
    requireOptions(this, 'a whole number from 1', { querySize, memorySize });
    this.key = new Linear(memorySize, querySize, { bias: false });
  }

  protected override projectKeys(outputs: Tensor): Tensor {
    return this.key.forward(outputs);
  }

  protected override score(queries: Tensor, keys: Tensor): Tensor {
    return matmul(queries, keys, { transposeB: true });
  }
}

/**
 * Additive attention (Bahdanau et al. 2015): score = v · tanh(W_q q + W_k k); with coverage (See et al. 2017)
 * v · tanh(W_q q + W_k k + w_c c), where c sums the weights that the position had so far.
 */
export class AdditiveAttention extends Attention {
  readonly query: Linear;
  readonly key: Linear;
  readonly energy: Linear;
  readonly coverage: Linear | undefined;

  /** @throws UserError unless all sizes are whole numbers from 1. */
  constructor(querySize: number, memorySize: number, size: number, { coverage = false } = {}) {
    super();
    requireOptions(this, 'a whole number from 1', { querySize, memorySize, size });
    this.query = new Linear(querySize, size, { bias: false });
    this.key = new Linear(memorySize, size, { bias: false });
    this.energy = new Linear(size, 1, { bias: false });
    this.coverage = coverage ? new Linear(1, size, { bias: false }) : undefined;
  }

  protected override projectKeys(outputs: Tensor): Tensor {
    return this.key.forward(outputs);
  }

  protected override score(queries: Tensor, keys: Tensor, coverage?: Tensor): Tensor {
    const [batch, time] = queries.shape;
    const [, source, size] = keys.shape;
    const projected = this.query.forward(queries);
    let sum = add(reshape(projected, [batch!, time!, 1, size!]), reshape(keys, [batch!, 1, source!, size!]));
    if (this.coverage) {
      if (!coverage) throw traceError('attention', 'takes the coverage so far, and got none.');
      sum = add(sum, this.coverage.forward(reshape(coverage, [batch!, time!, source!, 1])));
    }
    return reshape(this.energy.forward(tanh(sum)), [batch!, time!, source!]);
  }
}

export const attentionTypes = ['additive', 'dot', 'general'] as const;
export type AttentionType = (typeof attentionTypes)[number];

/**
 * An attention by its name; additive attention compares in the query's size.
 * @throws UserError for another name, and for coverage with an attention other than additive.
 */
export function createAttention(
  type: AttentionType,
  querySize: number,
  memorySize: number,
  { coverage = false } = {},
): Attention {
  requireOneOf('createAttention', attentionTypes, { type });
  if (coverage && type !== 'additive')
    throw new UserError(`Coverage enters the score of additive attention, not of '${type}'; use 'additive'.`);
  switch (type) {
    case 'additive':
      return new AdditiveAttention(querySize, memorySize, querySize, { coverage });
    case 'dot':
      return new DotAttention();
    case 'general':
      return new GeneralAttention(querySize, memorySize);
  }
}
