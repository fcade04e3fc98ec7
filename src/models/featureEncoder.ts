import { input, traceError, type Tensor } from '../tensor/tensor.js';
import { sameShape } from '../tensor/dim.js';
import type { DType } from '../tensor/dtype.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { Module } from '../nn/module.js';
import type { Pooling } from '../nn/layers/pooling.js';
import { sourceInputs, type Encoded, type Encoder } from './encoders/encoder.js';
import type { ImageEncoder } from './encoders/imageEncoder.js';
import { requirePart } from './requirePart.js';
import { traceOnce } from './sharedTrace.js';

/** Makes one vector of an example. It names its own graph inputs, so that what reads the vector need not know them. */
export interface FeatureEncoder extends Module {
  /** Features of the vector. */
  readonly outputSize: number;
  /** Traces from named inputs, which each batch supplies: [batch, outputSize]. */
  features(): Tensor;
}

/** A text as its encoder sees it, from the named inputs of a batch. */
export function encodedSource(encoder: Encoder, name?: string): Encoded {
  const trace = () => {
    const { ids, lengths } = sourceInputs(name);
    return encoder.forward(ids, lengths);
  };
  return traceOnce(encoder, trace, name);
}

/** A text as one vector: an encoder over its tokens (inputs `source` and `sourceLengths`), pooled over the real ones. */
export class TextFeatures extends Module implements FeatureEncoder {
  readonly encoder: Encoder;
  readonly pooling: Pooling;
  private readonly input: string | undefined;

  /** @param parts `pooling` for the features that the encoder has; `input`, the name of the text, is 'source' by default. */
  constructor({ encoder, pooling, input }: { encoder: Encoder; pooling: Pooling; input?: string }) {
    super();
    requirePart(this, 'encoder', { encoder });
    this.encoder = encoder;
    this.pooling = pooling;
    this.input = input;
  }

  get outputSize(): number {
    return this.encoder.outputSize;
  }

  features(): Tensor {
    const { output, mask } = encodedSource(this.encoder, this.input);
    return this.pooling.forward(output, mask);
  }
}

/** A module from one tensor to a vector per example: an MLP, radial basis functions, an encoder of series. */
export interface VectorModule extends Module {
  /** [batch, ...] → [batch, F]. */
  forward(x: Tensor): Tensor;
}

export interface InputFeaturesOptions {
  /** Name of the graph input: 'vector', 'series'. */
  readonly input: string;
  /** Of an example, without the dim 'batch'. */
  readonly shape: readonly number[];
  /** 'float32' by default. */
  readonly dtype?: DType;
  readonly module: VectorModule;
  /** F of the module. */
  readonly outputSize: number;
}

/** Features of an example that is one tensor of known shape: a vector, a window of a series. */
export class InputFeatures extends Module implements FeatureEncoder {
  readonly outputSize: number;
  readonly module: VectorModule;
  private readonly input: string;
  private readonly shape: readonly number[];
  private readonly dtype: DType;

  /** @throws UserError unless sizes are whole numbers from 1. */
  constructor({ input: name, shape, dtype = 'float32', module, outputSize }: InputFeaturesOptions) {
    super();
    const sizes = Object.fromEntries(shape.map((size, axis) => [`shape[${axis}]`, size]));
    requireOptions(this, 'a whole number from 1', { ...sizes, outputSize });
    this.input = name;
    this.shape = shape;
    this.dtype = dtype;
    this.module = module;
    this.outputSize = outputSize;
  }

  /** @throws Error when the module makes something else than [batch, outputSize]. */
  features(): Tensor {
    return traceOnce(this, () => {
      const x = this.module.forward(input(this.input, this.dtype, ['batch', ...this.shape]));
      if (!sameShape(x.shape, ['batch', this.outputSize]))
        throw traceError('features', `must be [batch, ${this.outputSize}], but the module makes ${x}.`);
      return x;
    });
  }
}

/** The images of a batch: input `image` float32 [batch, channels, height, width]. */
export function imageInput({ options: { channels, height, width } }: ImageEncoder): Tensor {
  return input('image', 'float32', ['batch', channels, height, width]);
}

/** An image as one vector: a convolutional network over the input `image` float32 [batch, channels, height, width]. */
export class ImageFeatures extends Module implements FeatureEncoder {
  readonly encoder: ImageEncoder;

  constructor(encoder: ImageEncoder) {
    super();
    this.encoder = encoder;
  }

  get outputSize(): number {
    return this.encoder.vectorSize;
  }

  features(): Tensor {
    return traceOnce(this.encoder, () => this.encoder.vector(imageInput(this.encoder)));
  }
}
