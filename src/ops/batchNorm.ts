import { product, type Shape } from '../tensor/dim.js';
import { traceError, type Tensor } from '../tensor/tensor.js';
import { div, maximum, mul, sub } from './elementwise.js';
import { defineOp, type Emitter } from './registry.js';
import { sumOfChannels } from './convolution.js';
import { sum } from './reduce.js';
import { reshape, size } from './shape.js';

/** [1, C, 1, ...]: a value per channel, as it broadcasts over x. */
export function channelShape(x: Tensor): Shape {
  return x.shape.map((dim, axis) => (axis === 1 ? dim : 1));
}

/** How many values a channel has: the real ones where there is a mask, and then at least one. */
function countOf(x: Tensor, mask: Tensor | undefined): Tensor {
  if (mask) return maximum(sum(mask), 1);
  return size(product(x.shape.filter((_, axis) => axis !== 1)), x.dtype);
}

/** Σ over all axes but the channels, which stay: [1, C, 1, ...]. */
function emitChannelSums(emitter: Emitter, name: string, rank: number): string {
  const space = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  const rows = emitter.node('ReduceSum', [name, emitter.constant('int64', [space.length], space)], {
    keepdims: 1,
  });
  return emitter.node('ReduceSum', [rows, emitter.constant('int64', [1], [0])], { keepdims: 1 });
}

const batchNormOp = defineOp({
  name: 'batchNorm',
  infer: ([x, scale, shift]) => {
    const channels = x!.shape[1];
    if (x!.rank < 3 || scale!.shape[0] !== channels || shift!.shape[0] !== channels)
      throw traceError('batchNorm', `scale ${scale!} and shift ${shift!} do not fit the channels of ${x!}.`);
    const statistics = { dtype: x!.dtype, shape: channelShape(x!) };
    return [x!, statistics, statistics, statistics];
  },
  emit: (emitter, [x, scale, shift, count, mask], node) => {
    const source = node.inputs[0]!;
    const column = emitter.shape(channelShape(source));
    const masked = (value: string) => (mask === undefined ? value : emitter.node('Mul', [value, mask]));
    const average = (value: string) =>
      emitter.node('Div', [emitChannelSums(emitter, masked(value), source.rank), count!]);
    const mean = average(x!);
    const centred = emitter.node('Sub', [x!, mean]);
    // Of the centred values: the mean square less the squared mean would cancel where the mean is large.
    const variance = average(emitter.node('Mul', [centred, centred]));
    const epsilon = emitter.constant(source.dtype, [], [node.attributes['epsilon'] as number]);
    const deviation = emitter.node('Sqrt', [emitter.node('Add', [variance, epsilon])]);
    const inverse = emitter.node('Reciprocal', [deviation]);
    const factor = emitter.node('Mul', [inverse, emitter.node('Reshape', [scale!, column])]);
    const scaled = emitter.node('Mul', [centred, factor]);
    const y = emitter.node('Add', [scaled, emitter.node('Reshape', [shift!, column])]);
    return [masked(y), mean, variance, inverse];
  },
  gradient: ({ inputs, outputs, upstream, wanted }) => {
    const [x, scale, , count, mask] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor | undefined];
    const [, mean, , inverse] = outputs as [Tensor, Tensor, Tensor, Tensor];
    const column = channelShape(x);
    const masked = (value: Tensor) => (mask ? mul(value, mask) : value);
    const dy = masked(upstream[0]!);
    const centred = sub(x, mean);
    const dShift = sumOfChannels(dy);
    const dScale = mul(sumOfChannels(mul(dy, centred)), reshape(inverse, scale.shape));
    const dx = () => {
      const share = div(1, count);
      const factor = mul(reshape(scale, column), inverse);
      const slope = mul(mul(reshape(dScale, column), inverse), share);
      const level = mul(reshape(dShift, column), share);
      return masked(mul(sub(sub(dy, mul(centred, slope)), level), factor));
    };
    return [
      wanted[0] ? dx() : undefined,
      wanted[1] ? dScale : undefined,
      wanted[2] ? dShift : undefined,
      undefined,
      undefined,
    ].slice(0, inputs.length);
  },
});

/** What batch normalisation measured; no gradient flows through it. */
export interface BatchStatistics {
  /** [C] */
  readonly mean: Tensor;
  /** [C], divided by `count`. */
  readonly variance: Tensor;
  /** Values per channel, a scalar. */
  readonly count: Tensor;
}

/**
 * Batch normalisation (Ioffe & Szegedy 2015): (x − mean) ÷ √(variance + ε) · scale + shift, mean and variance of each
 * channel over all other axes.
 * @param x [batch, C, ...] @param scale [C] @param shift [C]
 * @param mask float, broadcasting over x ([batch, 1, time]): 1 at real positions; those of 0 do not count, and become 0.
 */
export function batchNorm(
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
  options: { epsilon?: number; mask?: Tensor } = {},
): { output: Tensor; statistics: BatchStatistics } {
  const { epsilon = 1e-5, mask } = options;
  const count = countOf(x, mask);
  const inputs = mask ? [x, scale, shift, count, mask] : [x, scale, shift, count];
  const [output, mean, variance] = batchNormOp(inputs, { epsilon });
  const channels = [x.shape[1]!];
  return {
    output: output!,
    statistics: { mean: reshape(mean!, channels), variance: reshape(variance!, channels), count },
  };
}
