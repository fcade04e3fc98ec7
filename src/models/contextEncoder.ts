import type { FusionContext } from '../nn/layers/fusion/fusion.js';
import { Module } from '../nn/module.js';
import type { Encoder } from './encoders/encoder.js';
import { encodedSource, type FeatureEncoder } from './featureEncoder.js';
import { requirePart } from './requirePart.js';

/** What features are fused with: one vector per example, of whatever it is, or the tokens of a text. */
export type ContextEncoder = FeatureEncoder | TokenFeatures;

/** A text as a vector per token, for cross-attention: an encoder over its tokens (inputs `context` and `contextLengths`). */
export class TokenFeatures extends Module {
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

/** A context as a fusion takes it, from the named inputs of a batch. */
export function fusionContext(encoder: ContextEncoder): FusionContext {
  return encoder instanceof TokenFeatures ? encoder.context() : { values: encoder.features() };
}
