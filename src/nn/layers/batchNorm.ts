import { batchNorm, channelShape } from '../../ops/batchNorm.js';
import { add, cast, div, maximum, mul, sqrt, sub } from '../../ops/elementwise.js';
import { reshape } from '../../ops/shape.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { traceError, type Tensor } from '../../tensor/tensor.js';
import { ones, zeros } from '../initializers.js';
import { isTraining, recordUpdate } from '../mode.js';
import { Module, Parameter } from '../module.js';

export interface BatchNormOptions {
  /** Added to the variance; 1e-5 by default. */
  readonly epsilon?: number;
  /** Share of a batch in the running statistics; 0.1 by default. */
  readonly momentum?: number;
}

/**
 * Batch normalisation per channel (Ioffe & Szegedy 2015), as PyTorch's BatchNorm1d and BatchNorm2d: (x − mean) ÷
 * √(variance + ε) · weight + bias. x [batch, channels, ...] → the same shape. In training mean and variance are the
 * batch's, and the running ones follow them: r ← (1 − momentum)·r + momentum·batch, with the unbiased variance (÷ n − 1).
 * Otherwise they are the running ones.
 */
export class BatchNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly runningMean: Parameter;
  readonly runningVariance: Parameter;
  private readonly epsilon: number;
  private readonly momentum: number;

  /** @throws UserError unless `channels` is a whole number from 1, ε above 0 and the momentum in (0, 1]. */
  constructor(
    readonly channels: number,
    options: BatchNormOptions = {},
  ) {
    super();
    const { epsilon = 1e-5, momentum = 0.1 } = options;
    requireOptions(this, 'a whole number from 1', { channels });
    requireOptions(this, 'a finite number above 0', { epsilon });
    requireOptions(this, 'above 0 and at most 1', { momentum });
    this.weight = new Parameter([channels], ones);
    this.bias = new Parameter([channels], zeros);
    this.runningMean = new Parameter([channels], zeros, { trainable: false });
    this.runningVariance = new Parameter([channels], ones, { trainable: false });
    this.epsilon = epsilon;
    this.momentum = momentum;
  }

  /**
   * @param mask [batch, time] bool for x [batch, channels, time], true at real positions: the others do not enter the
   * statistics, and become 0.
   */
  forward(x: Tensor, mask?: Tensor): Tensor {
    const { weight, bias, epsilon, momentum } = this;
    const real = mask && realPositions(x, mask);
    if (!isTraining()) return this.byRunningStatistics(x, real);
    const { output, statistics } = batchNorm(x, weight, bias, { epsilon, mask: real });
    const { mean, variance, count } = statistics;
    const unbiased = mul(variance, div(count, maximum(sub(count, 1), 1)));
    const blend = (old: Tensor, value: Tensor) => add(mul(old, 1 - momentum), mul(value, momentum));
    recordUpdate(this.runningMean, (old) => blend(old, mean));
    recordUpdate(this.runningVariance, (old) => blend(old, unbiased));
    return output;
  }

  private byRunningStatistics(x: Tensor, real: Tensor | undefined): Tensor {
    const factor = div(this.weight, sqrt(add(this.runningVariance, this.epsilon)));
    const level = sub(this.bias, mul(this.runningMean, factor));
    const perChannel = (value: Tensor) => reshape(value, channelShape(x));
    const y = add(mul(x, perChannel(factor)), perChannel(level));
    return real ? mul(y, real) : y;
  }
}

/** A mask [batch, time] as it multiplies x [batch, channels, time]: [batch, 1, time], 1 at real positions, else 0. */
export function realPositions(x: Tensor, mask: Tensor): Tensor {
  const [batch, , time] = x.shape;
  if (x.rank !== 3 || mask.rank !== 2 || mask.shape[0] !== batch || mask.shape[1] !== time)
    throw traceError('mask', `a mask ${mask} does not fit ${x}: it must be [batch, time].`);
  return cast(reshape(mask, [batch!, 1, time!]), x.dtype);
}
