import type { FusionContext } from '../nn/layers/fusion/fusion.js';
import { Module } from '../nn/module.js';
import type { Encoder } from './encoders/encoder.js';
import type { ImageEncoder } from './encoders/imageEncoder.js';
import { encodedSource, imageInput, type FeatureEncoder } from './featureEncoder.js';
import { requirePart } from './requirePart.js';
import { traceOnce } from './sharedTrace.js';

/** A context of several vectors per example, for cross-attention. */
export abstract class ContextSequence extends Module {
  /** Features of each vector. */
  abstract readonly outputSize: number;

  /** Traces from named inputs: [batch, m, outputSize], with a mask where not all of them are real. */
  abstract context(): FusionContext;
}

/** What features are fused with: one vector per example, of whatever it is, or several. */
export type ContextEncoder = FeatureEncoder | ContextSequence;

/** A text as a vector per token, for cross-attention: an encoder over its tokens (inputs `context` and `contextLengths`). */
export class TokenFeatures extends ContextSequence {
  readonly encoder: Encoder;
  private readonly input: string;

  /** @param parts `input`, the name of the text, is 'context' by default. */
  constructor({ encoder, input = 'context' }: { encoder: Encoder; input?: string }) {
    super();
    requirePart(this, 'encoder', { encoder });
    this.encoder = encoder;
    this.input = input;
  }

  /** Features of a token. */
  get outputSize(): number {
    return this.encoder.outputSize;
  }

  /** [batch, time, outputSize] with the mask of the real tokens. */
  context(): FusionContext {
    const { output, mask } = encodedSource(this.encoder, this.input);
    return { values: output, mask };
  }
}

/**
 * An image as a vector per place, for cross-attention: what a convolutional network writes over the input `image` float32
 * [batch, channels, height, width]. Every place is of the image, so none is masked.
 */
export class PlaceFeatures extends ContextSequence {
  readonly encoder: ImageEncoder;

  constructor(encoder: ImageEncoder) {
    super();
    this.encoder = encoder;
  }

  /** Channels of a place. */
  get outputSize(): number {
    return this.encoder.placeSize;
  }

  /** [batch, height'·width', outputSize], row by row. */
  context(): FusionContext {
    const places = () => this.encoder.places(imageInput(this.encoder));
    return { values: traceOnce(this.encoder, places, 'places') };
  }
}

/** A context as a fusion takes it, from the named inputs of a batch. */
export function fusionContext(encoder: ContextEncoder): FusionContext {
  return encoder instanceof ContextSequence ? encoder.context() : { values: encoder.features() };
}
