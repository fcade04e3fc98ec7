import { conv } from '../../ops/convolution.js';
import type { WindowOptions } from '../../ops/window.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { traceError, type Tensor } from '../../tensor/tensor.js';
import { UserError } from '../../tensor/errors.js';
import { fanUniform, type Initializer } from '../initializers.js';
import { Module, Parameter } from '../module.js';

/** How a convolution is made; `stride`, `padding` and `dilation` may be a number for each axis. */
export interface ConvolutionOptions extends WindowOptions {
  /** Adds a number per output channel; true by default. */
  readonly bias?: boolean;
  /** Of the weight; uniform in ±1/√(inputs · places of the kernel) by default, as in PyTorch. */
  readonly initializer?: Initializer;
}

/** What one and two axes have in common. */
abstract class Convolution extends Module {
  /** [outputs, inputs, ...kernel] */
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  private readonly window: WindowOptions;

  constructor(
    inputChannels: number,
    outputChannels: number,
    private readonly kernel: readonly number[],
    { bias = true, initializer, ...window }: ConvolutionOptions,
  ) {
    super();
    requireOptions(this, 'a whole number from 1', { inputChannels, outputChannels });
    const sizes = Object.fromEntries(kernel.map((size, i) => [`kernel[${i}]`, size]));
    requireOptions(this, 'a whole number from 1', sizes);
    for (const [name, least] of [
      ['stride', 1],
      ['dilation', 1],
      ['padding', 0],
    ] as const) {
      const value = window[name] ?? least;
      if (value === 'same') continue;
      const given = typeof value === 'number' ? [value] : value;
      if (typeof value !== 'number' && given.length !== kernel.length)
        throw new UserError(
          `${this.constructor.name}: ${name} has ${given.length} numbers; give one, or one for each of ${kernel.length} axes.`,
        );
      for (const each of given) requireOptions(this, `a whole number from ${least}`, { [name]: each });
    }
    const fan = inputChannels * kernel.reduce((a, b) => a * b, 1);
    this.weight = new Parameter([outputChannels, inputChannels, ...kernel], initializer ?? fanUniform(fan));
    this.bias = bias ? new Parameter([outputChannels], fanUniform(fan)) : undefined;
    this.window = window;
  }

  forward(x: Tensor): Tensor {
    if (x.rank !== this.kernel.length + 2)
      throw traceError(
        'conv',
        `takes [batch, channels, ${this.kernel.length === 1 ? 'time' : 'height, width'}], got ${x}.`,
      );
    return conv(x, this.weight, this.bias, this.window);
  }
}

/**
 * Convolution over time (Waibel et al. 1989): x [batch, inputs, time] → [batch, outputs, time'], weight [outputs, inputs,
 * kernel], y[o, t] = b[o] + Σ W[o, i, k] x[i, stride · t + dilation · k − padding] over inputs i and places k; see `conv`.
 * `padding: 'same'` keeps the length, which is needed where it is known only to a run, unless its name tells that the stride
 * divides it.
 */
export class Conv1d extends Convolution {
  /** @throws UserError unless sizes, stride and dilation are whole numbers from 1 and padding is one from 0 or 'same'. */
  constructor(
    inputChannels: number,
    outputChannels: number,
    kernel: number,
    options: ConvolutionOptions = {},
  ) {
    super(inputChannels, outputChannels, [kernel], options);
  }
}

/**
 * Convolution over images (LeCun et al. 1989): x [batch, inputs, height, width] → [batch, outputs, height', width'], weight
 * [outputs, inputs, kernel height, kernel width], the formula of `Conv1d` over both axes; see `conv`.
 */
export class Conv2d extends Convolution {
  /** @throws UserError unless sizes, stride and dilation are whole numbers from 1 and padding is one from 0 or 'same'. */
  constructor(
    inputChannels: number,
    outputChannels: number,
    kernel: number | readonly [height: number, width: number],
    options: ConvolutionOptions = {},
  ) {
    super(inputChannels, outputChannels, typeof kernel === 'number' ? [kernel, kernel] : kernel, options);
  }
}
