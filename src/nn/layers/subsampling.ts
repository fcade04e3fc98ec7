import { add, div, less, mul, relu } from '../../ops/elementwise.js';
import { positions, reshape, transpose } from '../../ops/shape.js';
import type { Dim } from '../../tensor/dim.js';
import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { traceError, type Tensor } from '../../tensor/tensor.js';
import { Module } from '../module.js';
import { BatchNorm, realPositions } from './batchNorm.js';
import { Conv1d } from './convolution.js';

/** One convolution over the frames of recordings. */
export interface FrameConvolution {
  /** Features that it writes. */
  readonly channels: number;
  /** Frames under it, odd; 11 by default. */
  readonly kernel?: number;
  /** Frames from one place to the next: of so many one is left; 2 by default. */
  readonly stride?: number;
}

export interface SubsamplingOptions {
  /** Values of a frame. */
  readonly bands: number;
  /** First to last; one at least. */
  readonly convolutions: readonly FrameConvolution[];
  /** Normalises after each convolution; true by default. Without it the convolutions have biases. */
  readonly batchNorm?: boolean;
}

/** How many frames are left by a stride: ⌈length ÷ stride⌉.  lengths [batch] int32 → [batch]. */
export function stridedLengths(lengths: Tensor, stride: number): Tensor {
  return stride === 1 ? lengths : div(add(lengths, stride - 1), stride);
}

/**
 * Fewer frames that say more each, for what reads recordings: convolutions over time with strides, as in Deep Speech 2 (Amodei
 * et al. 2016, §3.5), h₀ = frames, hᵢ = relu(norm(convᵢ(hᵢ₋₁))), timeᵢ = ⌈timeᵢ₋₁ ÷ strideᵢ⌉. Frames beyond the length of a
 * recording have no influence, and become 0.
 */
export class ConvolutionalSubsampling extends Module {
  readonly bands: number;
  /** Channels of the last convolution. */
  readonly outputSize: number;
  /** Frames that become one: the product of the strides. */
  readonly stride: number;
  private readonly convolutions: Conv1d[] = [];
  private readonly norms: (BatchNorm | undefined)[] = [];
  private readonly strides: number[] = [];

  /** @throws UserError unless there is a convolution, sizes are whole numbers from 1 and kernels are odd. */
  constructor({ bands, convolutions, batchNorm = true }: SubsamplingOptions) {
    super();
    requireOptions(this, 'a whole number from 1', { bands, convolutions: convolutions.length });
    this.bands = bands;
    let inputs = bands;
    convolutions.forEach(({ channels, kernel = 11, stride = 2 }, i) => {
      requireOptions(this, 'a whole number from 1', {
        [`convolutions[${i}].channels`]: channels,
        [`convolutions[${i}].kernel`]: kernel,
        [`convolutions[${i}].stride`]: stride,
      });
      if (kernel % 2 === 0)
        throw new UserError(
          `${this.constructor.name}: convolutions[${i}].kernel is ${kernel}; it must be odd, a frame and as many before it as behind it.`,
        );
      const padding = (kernel - 1) / 2;
      this.convolutions.push(new Conv1d(inputs, channels, kernel, { stride, padding, bias: !batchNorm }));
      this.norms.push(batchNorm ? new BatchNorm(channels) : undefined);
      this.strides.push(stride);
      inputs = channels;
    });
    this.outputSize = inputs;
    this.stride = this.strides.reduce((a, b) => a * b, 1);
  }

  /**
   * frames [batch, time, bands], lengths [batch] int32 → output [batch, time', channels] and its mask [batch, time'] bool, true
   * at real positions. A time that only a run knows has a name that the strides divide: 4*steps becomes steps.
   */
  forward(frames: Tensor, lengths: Tensor): { output: Tensor; mask: Tensor } {
    if (frames.rank !== 3 || frames.shape[2] !== this.bands)
      throw traceError('subsampling', `takes frames [batch, time, ${this.bands}], got ${frames}.`);
    let left = lengths;
    let mask = realMask(frames.shape[1]!, lengths);
    let x = transpose(frames, [0, 2, 1]);
    x = mul(x, realPositions(x, mask));
    this.convolutions.forEach((convolution, i) => {
      const y = convolution.forward(x);
      left = stridedLengths(left, this.strides[i]!);
      mask = realMask(y.shape[2]!, left);
      x = relu(this.norms[i]?.forward(y, mask) ?? mul(y, realPositions(y, mask)));
    });
    return { output: transpose(x, [0, 2, 1]), mask };
  }
}

/** [batch, time] bool: true at real positions. */
function realMask(time: Dim, lengths: Tensor): Tensor {
  return less(reshape(positions(time), [1, time]), reshape(lengths, [lengths.shape[0]!, 1]));
}
