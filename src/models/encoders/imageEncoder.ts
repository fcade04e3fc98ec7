import { relu } from '../../ops/elementwise.js';
import { reshape, transpose } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { requireOneOf, requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { BatchNorm } from '../../nn/layers/batchNorm.js';
import { Conv2d } from '../../nn/layers/convolution.js';
import { Dropout } from '../../nn/layers/dropout.js';
import { ResidualBlock } from '../../nn/layers/residualBlock.js';
import { AveragePool, GlobalAveragePool, MaxPool } from '../../nn/layers/spatialPooling.js';
import { Module } from '../../nn/module.js';

/** One stage of an image encoder. */
export interface ImageBlock {
  readonly channels: number;
  /** Height and width under a convolution, odd; 3 by default. */
  readonly kernel?: number;
  /** Height and width of which one value stays; 1 (the default; a configuration says 2) leaves the size as it is. */
  readonly pool?: number;
}

export interface ImageEncoderOptions {
  /** Of the images: 1 for grey, 3 for colours. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** First to last. */
  readonly blocks: readonly ImageBlock[];
  /** Normalises after each convolution; false by default. */
  readonly batchNorm?: boolean;
  /** Makes each block a residual one of two convolutions, instead of one convolution; false by default. */
  readonly residual?: boolean;
  /** What stays of the values that are pooled: the largest, or their mean; 'max' by default. */
  readonly pooling?: ImagePooling;
  /** Makes `vector` the mean of each channel over all places (Lin et al. 2014), not all places end to end; false by default. */
  readonly globalAverage?: boolean;
  /** Of what the last block writes; 0 by default. */
  readonly dropout?: number;
}

const pools = { max: MaxPool, average: AveragePool };
export type ImagePooling = keyof typeof pools;
export const imagePoolings = Object.keys(pools) as readonly ImagePooling[];

/** relu(norm(conv(x))) at the same size. */
class ConvolutionBlock extends Module {
  private readonly convolution: Conv2d;
  private readonly norm: BatchNorm | undefined;

  constructor(inputChannels: number, channels: number, kernel: number, batchNorm: boolean) {
    super();
    const options = { padding: 'same', bias: !batchNorm } as const;
    this.convolution = new Conv2d(inputChannels, channels, kernel, options);
    this.norm = batchNorm ? new BatchNorm(channels) : undefined;
  }

  forward(x: Tensor): Tensor {
    const y = this.convolution.forward(x);
    return relu(this.norm ? this.norm.forward(y) : y);
  }
}

/** A convolutional network over images of one size (LeCun et al. 1998): convolutions and poolings, stage by stage. */
export class ImageEncoder extends Module {
  /** Channels of a place. */
  readonly placeSize: number;
  /** Height and width of what the last block writes. */
  readonly height: number;
  readonly width: number;
  private readonly blocks: (ConvolutionBlock | ResidualBlock)[];
  /** None where a block keeps the size. */
  private readonly pools: (MaxPool | AveragePool | undefined)[];
  private readonly globalAverage: GlobalAveragePool | undefined;
  private readonly dropout: Dropout;

  /** @throws UserError for sizes, a dropout or a pooling that cannot be, an even kernel, and poolings that leave nothing. */
  constructor(readonly options: ImageEncoderOptions) {
    super();
    const { channels, blocks, batchNorm = false, residual = false, dropout = 0 } = options;
    const { pooling = 'max', globalAverage = false } = options;
    requireOneOf(this, imagePoolings, { pooling });
    let { height, width } = options;
    requireOptions(this, 'a whole number from 1', { channels, height, width, blocks: blocks.length });
    let inputChannels = channels;
    this.blocks = [];
    this.pools = [];
    blocks.forEach(({ channels: outputs, kernel = 3, pool = 1 }, i) => {
      requireOptions(this, 'a whole number from 1', {
        [`blocks[${i}].channels`]: outputs,
        [`blocks[${i}].kernel`]: kernel,
        [`blocks[${i}].pool`]: pool,
      });
      if (kernel % 2 === 0)
        throw new UserError(
          `ImageEncoder: blocks[${i}].kernel is ${kernel}; it must be odd, so that sizes stay.`,
        );
      if (Math.min(height, width) < pool)
        throw new UserError(
          `ImageEncoder: blocks[${i}].pool is ${pool}, but ${height} × ${width} is all that is left there. Pool less, or take larger images.`,
        );
      this.blocks.push(
        residual
          ? new ResidualBlock({ axes: 2, inputChannels, channels: outputs, kernel, batchNorm })
          : new ConvolutionBlock(inputChannels, outputs, kernel, batchNorm),
      );
      this.pools.push(pool === 1 ? undefined : new pools[pooling](pool));
      inputChannels = outputs;
      height = Math.floor(height / pool);
      width = Math.floor(width / pool);
    });
    this.placeSize = inputChannels;
    this.height = height;
    this.width = width;
    this.globalAverage = globalAverage ? new GlobalAveragePool() : undefined;
    this.dropout = new Dropout(dropout);
  }

  /** Features of `vector`. */
  get vectorSize(): number {
    return this.globalAverage ? this.placeSize : this.placeSize * this.height * this.width;
  }

  /** images [batch, channels, height, width] → [batch, placeSize, height', width']. */
  forward(images: Tensor): Tensor {
    const { channels, height, width } = this.options;
    const x = reshape(images, [images.shape[0]!, channels, height, width]);
    const pool = (y: Tensor, i: number) => this.pools[i]?.forward(y) ?? y;
    return this.dropout.forward(this.blocks.reduce((y, block, i) => pool(block.forward(y), i), x));
  }

  /** One vector per image: [batch, vectorSize], channel by channel. */
  vector(images: Tensor): Tensor {
    const map = this.forward(images);
    return this.globalAverage?.forward(map) ?? reshape(map, [images.shape[0]!, this.vectorSize]);
  }

  /** A sequence of places, row by row, for attention: [batch, height'·width', placeSize]. */
  places(images: Tensor): Tensor {
    const { placeSize, height, width } = this;
    const flat = reshape(this.forward(images), [images.shape[0]!, placeSize, height * width]);
    return transpose(flat, [0, 2, 1]);
  }
}
