import type { Shape } from '../../../tensor/dim.js';
import { reshape } from '../../../ops/shape.js';
import { traceError, type Tensor } from '../../../tensor/tensor.js';
import { Module } from '../../module.js';

/** What features are seen in the light of: one vector per example, or several of which a mask says which are real. */
export interface FusionContext {
  /** [batch, K]; for cross-attention also [batch, m, K]. */
  readonly values: Tensor;
  /** [batch, m] bool, with values [batch, m, K]: true at real places; all are without it. */
  readonly mask?: Tensor;
}

/** Joins features c with a context: text, an image or any vector.  c [batch, D] or [batch, time, D] → e [batch, ..., output]. */
export abstract class Fusion extends Module {
  /** Features of the result. */
  abstract readonly outputSize: number;

  abstract forward(features: Tensor, context: FusionContext): Tensor;
}

/** A context of one vector per example, [batch, K], fit for features of that batch. */
export function contextVector(features: Tensor, { values, mask }: FusionContext): Tensor {
  if (features.rank < 2 || values.rank !== 2 || mask || values.shape[0] !== features.shape[0])
    throw traceError(
      'fusion',
      `takes features [batch, ..., D] and a context [batch, K] without a mask, got ${features} and ${values}${mask ? ' with a mask' : ''}; cross-attention takes several vectors per example.`,
    );
  return values;
}

/** One vector per example, [batch, D], shaped to broadcast over features [batch, ..., D]. */
export function besides(features: Tensor, vector: Tensor): Tensor {
  const shape: Shape = [vector.shape[0]!, ...features.shape.slice(1, -1).map(() => 1), vector.shape[1]!];
  return reshape(vector, shape);
}
