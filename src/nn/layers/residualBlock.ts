import { add, mul, relu } from '../../ops/elementwise.js';
import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { BatchNorm, realPositions } from './batchNorm.js';
import { Conv1d, Conv2d } from './convolution.js';

export interface ResidualBlockOptions {
  /** Axes of what is read: 1 for [batch, channels, time], 2 for [batch, channels, height, width]. */
  readonly axes: 1 | 2;
  readonly inputChannels: number;
  readonly channels: number;
  /** Odd; 3 by default. */
  readonly kernel?: number;
  /** Of the first convolution; 1 by default. */
  readonly stride?: number;
  /** Normalises after each convolution; true by default. Without it the convolutions have biases. */
  readonly batchNorm?: boolean;
}

/**
 * Two convolutions around which the input is carried past (He et al. 2016, figure 2): relu(x + norm(conv(relu(norm(conv
 * (x)))))). Where channels or sizes change, x goes through a convolution of one place (their option B).
 */
export class ResidualBlock extends Module {
  private readonly first: Conv1d | Conv2d;
  private readonly firstNorm: BatchNorm | undefined;
  private readonly second: Conv1d | Conv2d;
  private readonly secondNorm: BatchNorm | undefined;
  private readonly shortcut: Conv1d | Conv2d | undefined;
  private readonly shortcutNorm: BatchNorm | undefined;

  /** @throws UserError unless sizes are whole numbers from 1 and the kernel is odd. */
  constructor(options: ResidualBlockOptions) {
    super();
    const { axes, inputChannels, channels, kernel = 3, stride = 1, batchNorm = true } = options;
    requireOptions(this, 'a whole number from 1', { inputChannels, channels, kernel, stride });
    if (axes !== 1 && axes !== 2)
      throw new UserError(`ResidualBlock: axes is ${String(axes)}; it must be 1 or 2.`);
    if (kernel % 2 === 0)
      throw new UserError(`ResidualBlock: kernel is ${kernel}; it must be odd, so that sizes stay.`);
    const Conv = axes === 1 ? Conv1d : Conv2d;
    const bias = !batchNorm;
    const norm = () => (batchNorm ? new BatchNorm(channels) : undefined);
    const padding = (kernel - 1) / 2;
    this.first = new Conv(inputChannels, channels, kernel, { stride, padding, bias });
    this.firstNorm = norm();
    this.second = new Conv(channels, channels, kernel, { padding, bias });
    this.secondNorm = norm();
    if (inputChannels === channels && stride === 1) return;
    this.shortcut = new Conv(inputChannels, channels, 1, { stride, bias });
    this.shortcutNorm = norm();
  }

  /**
   * x [batch, inputChannels, ...] → [batch, channels, ...].
   * @param mask [batch, time] bool for [batch, channels, time], true at real positions: the others have no influence, and
   * become 0.
   */
  forward(x: Tensor, mask?: Tensor): Tensor {
    const real = mask && realPositions(x, mask);
    const masked = (value: Tensor) => (real ? mul(value, real) : value);
    const norm = (layer: BatchNorm | undefined, value: Tensor) =>
      layer ? layer.forward(value, mask) : masked(value);
    const input = masked(x);
    const hidden = relu(norm(this.firstNorm, this.first.forward(input)));
    const change = norm(this.secondNorm, this.second.forward(hidden));
    const kept = this.shortcut ? norm(this.shortcutNorm, this.shortcut.forward(input)) : input;
    return relu(add(kept, change));
  }
}
