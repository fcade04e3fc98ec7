import { add } from '../../ops/elementwise.js';
import { reshape, transpose } from '../../ops/shape.js';
import type { CellType } from '../../nn/layers/cells.js';
import { Dropout } from '../../nn/layers/dropout.js';
import { LayerNorm } from '../../nn/layers/layerNorm.js';
import { Linear } from '../../nn/layers/linear.js';
import { createPositions, type Positions } from '../../nn/layers/positions.js';
import { Recurrent, type RecurrentOptions } from '../../nn/layers/recurrent.js';
import {
  ConvolutionalSubsampling,
  stridedLengths,
  type SubsamplingOptions,
} from '../../nn/layers/subsampling.js';
import { throughBlocks } from '../../nn/layers/throughBlocks.js';
import { TransformerEncoderLayer, type TransformerStackOptions } from '../../nn/layers/transformer.js';
import { Module } from '../../nn/module.js';
import { requireOneOf, requireOptions } from '../../tensor/requireOptions.js';
import { input, type Tensor } from '../../tensor/tensor.js';
import type { Encoded, Encoder } from './encoder.js';

/** Reads recordings: frames to a vector per position, of which there are fewer. */
export interface FrameEncoder extends Module {
  /** Features of the output. */
  readonly outputSize: number;
  /** Values of a frame. */
  readonly bands: number;
  /** Frames that become one position: ⌈length ÷ stride⌉ positions come of a recording. */
  readonly stride: number;
  /** frames [batch, time, bands], lengths [batch] int32 → output [batch, time ÷ stride, outputSize] with its mask. */
  forward(frames: Tensor, lengths: Tensor): Encoded;
}

/** The graph inputs of a batch of recordings: their frames, padded to a multiple of the encoder's stride, and how many are real. */
export interface FrameInputs {
  /** [batch, time, bands] */
  readonly frames: Tensor;
  /** [batch] int32. */
  readonly lengths: Tensor;
}

/** The inputs that an encoder reads: `frames` [batch, stride*steps, bands] float32 and `frameLengths` [batch] int32. */
export function frameInputs({ bands, stride }: Pick<FrameEncoder, 'bands' | 'stride'>): FrameInputs {
  const time = stride === 1 ? 'steps' : `${stride}*steps`;
  return {
    frames: input('frames', 'float32', ['batch', time, bands]),
    lengths: input('frameLengths', 'int32', ['batch']),
  };
}

/** Whether an encoder reads frames, not tokens. */
export function readsFrames(encoder: Encoder | FrameEncoder): encoder is FrameEncoder {
  return (encoder as Partial<FrameEncoder> | undefined)?.bands !== undefined;
}

export interface RecurrentFrameEncoderOptions
  extends SubsamplingOptions, Omit<RecurrentOptions, 'inputSize' | 'variational'> {
  readonly cell: CellType;
  /** Of what the convolutions write, and between the layers; 0 by default. */
  readonly dropout?: number;
}

/**
 * Frames → convolutions with strides → recurrent layers, in both directions unless it is said otherwise (Deep Speech 2: Amodei
 * et al. 2016). frames [batch, time, bands] → [batch, time ÷ stride, outputSize], 0 at padding.
 */
export class RecurrentFrameEncoder extends Module implements FrameEncoder {
  readonly subsampling: ConvolutionalSubsampling;
  readonly recurrent: Recurrent;
  private readonly dropout: Dropout;

  /** @throws UserError for sizes, kernels, a cell or a dropout that cannot be. */
  constructor(options: RecurrentFrameEncoderOptions) {
    super();
    const { cell, hiddenSize, layers = 1, dropout = 0, bidirectional = true } = options;
    this.subsampling = new ConvolutionalSubsampling(options);
    const inputSize = this.subsampling.outputSize;
    this.recurrent = new Recurrent(cell, { inputSize, hiddenSize, layers, dropout, bidirectional });
    this.dropout = new Dropout(dropout);
  }

  get outputSize(): number {
    return this.recurrent.outputSize;
  }

  get bands(): number {
    return this.subsampling.bands;
  }

  get stride(): number {
    return this.subsampling.stride;
  }

  forward(frames: Tensor, lengths: Tensor): Encoded {
    const { output: x, mask } = this.subsampling.forward(frames, lengths);
    const { output, states } = this.recurrent.forward(transpose(this.dropout.forward(x), [1, 0, 2]), {
      lengths: stridedLengths(lengths, this.stride),
    });
    return { output: transpose(output, [1, 0, 2]), mask, states };
  }
}

export const framePositionTypes = ['sinusoidal', 'rotary', 'none'] as const;
/** How a Transformer is told where a frame stands: recordings have no longest length, so nothing is learned for each place. */
export type FramePositionType = (typeof framePositionTypes)[number];

export interface TransformerFrameEncoderOptions
  extends SubsamplingOptions, Omit<TransformerStackOptions, 'positions'> {
  /** 'sinusoidal' by default. */
  readonly positions?: FramePositionType;
}

/**
 * Frames → convolutions with strides → W x + b and the position → blocks of self-attention (Dong et al. 2018,
 * Speech-Transformer). frames [batch, time, bands] → [batch, time ÷ stride, size].
 */
export class TransformerFrameEncoder extends Module implements FrameEncoder {
  readonly outputSize: number;
  readonly subsampling: ConvolutionalSubsampling;
  private readonly input: Linear;
  private readonly positions: Positions | undefined;
  private readonly dropout: Dropout;
  private readonly layers: TransformerEncoderLayer[];
  /** Where blocks normalise before each part, the sum of all needs a last one. */
  private readonly norm: LayerNorm | undefined;
  private readonly gradientCheckpointing: boolean;

  /** @throws UserError for sizes, kernels, heads, a dropout or names that cannot be. */
  constructor(options: TransformerFrameEncoderOptions) {
    super();
    const { size, layers, norm = 'pre', dropout = 0, positions = 'sinusoidal' } = options;
    requireOptions(this, 'a whole number from 1', { layers });
    requireOneOf(this, framePositionTypes, { positions });
    this.outputSize = size;
    this.subsampling = new ConvolutionalSubsampling(options);
    this.input = new Linear(this.subsampling.outputSize, size);
    this.positions = createPositions(positions, size);
    this.dropout = new Dropout(dropout);
    this.layers = Array.from({ length: layers }, () => new TransformerEncoderLayer(options));
    this.norm = norm === 'pre' ? new LayerNorm(size) : undefined;
    this.gradientCheckpointing = options.gradientCheckpointing ?? false;
  }

  get bands(): number {
    return this.subsampling.bands;
  }

  get stride(): number {
    return this.subsampling.stride;
  }

  forward(frames: Tensor, lengths: Tensor): Encoded {
    const { output, mask } = this.subsampling.forward(frames, lengths);
    const [batch, time] = mask.shape;
    const keys = reshape(mask, [batch!, 1, 1, time!]);
    const values = this.input.forward(output);
    const placed = this.dropout.forward(this.positions ? add(values, this.positions.along(time!)) : values);
    const { gradientCheckpointing } = this;
    const x = throughBlocks(placed, this.layers, { mask: keys, gradientCheckpointing });
    return { output: this.norm ? this.norm.forward(x) : x, mask, states: [] };
  }
}
