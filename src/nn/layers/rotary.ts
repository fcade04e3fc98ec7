import { add, cast, cos, mul, neg, sin } from '../../ops/elementwise.js';
import { concat, reshape, split } from '../../ops/shape.js';
import { constant, type Tensor } from '../../tensor/tensor.js';

/**
 * Rotary positions (Su et al. 2021): turns each pair of features (i, i + D/2) of a query or key at position p by the
 * angle p · 10000^(−2i/D), so that their product depends on the distance of two tokens alone. The halves stand side by
 * side as in GPT-NeoX and Llama, not interleaved as in the paper.
 * x [batch, heads, time, D] with D even, at [rows, time] int32, where rows is 1 or the batch → the same shape.
 */
export function rotate(x: Tensor, at: Tensor): Tensor {
  const half = (x.shape[3] as number) / 2;
  const [rows, time] = at.shape;
  const frequencies = Array.from({ length: half }, (_, i) => 10_000 ** (-i / half));
  const angles = mul(reshape(cast(at, 'float32'), [rows!, 1, time!, 1]), constant(frequencies));
  const [left, right] = split(x, [half, half]) as [Tensor, Tensor];
  const [cosine, sine] = [cos(angles), sin(angles)];
  // The sign stands at the angles, which are few, not at the features.
  const turned = mul(concat([right, left]), concat([neg(sine), sine]));
  return add(mul(x, concat([cosine, cosine])), turned);
}
