import { add, cast, greater, minimum, mul } from '../../../ops/elementwise.js';
import { sum } from '../../../ops/reduce.js';
import { fill, reshape } from '../../../ops/shape.js';
import { traceError, type Tensor } from '../../../tensor/tensor.js';
import { MultiHeadAttention } from '../multiHeadAttention.js';
import { Fusion, type FusionContext } from './fusion.js';

/**
 * Attention over the context (Vaswani et al. 2017): e = c + MultiHead(c, context, context). An example whose context is
 * empty keeps its features as they are.
 */
export class CrossAttentionFusion extends Fusion {
  readonly outputSize: number;
  private readonly attention: MultiHeadAttention;

  /** @throws UserError unless the sizes are whole numbers from 1, `heads` divides `size`, and 0 ≤ dropout < 1. */
  constructor({
    size,
    contextSize,
    ...options
  }: {
    readonly size: number;
    readonly contextSize: number;
    readonly heads: number;
    /** Of the attention weights; 0 by default. */
    readonly dropout?: number;
  }) {
    super();
    this.outputSize = size;
    this.attention = new MultiHeadAttention({ ...options, size, memorySize: contextSize });
  }

  /** c [batch, D] or [batch, time, D]; a context [batch, K] is a sequence of one. */
  forward(features: Tensor, context: FusionContext): Tensor {
    const [batch, ...rest] = features.shape;
    const { values } = context;
    if (![2, 3].includes(features.rank) || ![2, 3].includes(values.rank) || values.shape[0] !== batch)
      throw traceError(
        'fusion',
        `takes features [batch, D] or [batch, time, D] and a context [batch, K] or [batch, m, K], got ${features} and ${values}.`,
      );
    const memory = values.rank === 2 ? reshape(values, [batch!, 1, values.shape[1]!]) : values;
    const places = memory.shape[1]!;
    const queries = reshape(features, [batch!, ...(rest.length === 1 ? [1] : []), ...rest]);
    const mask = context.mask ?? greater(fill(1, [batch!, places]), 0);
    const { output } = this.attention.forward(
      queries,
      this.attention.prepare(memory),
      reshape(mask, [batch!, 1, 1, places]),
    );
    // Without anything to look at attention yields the bias of its output.
    const any = minimum(sum(cast(mask, 'float32'), [1], true), 1);
    return reshape(add(queries, mul(output, reshape(any, [batch!, 1, 1]))), features.shape);
  }
}
