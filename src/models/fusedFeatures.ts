import type { Fusion } from '../nn/layers/fusion/fusion.js';
import { Module } from '../nn/module.js';
import type { Tensor } from '../tensor/tensor.js';
import { fusionContext, type ContextEncoder } from './contextEncoder.js';
import type { FeatureEncoder } from './featureEncoder.js';
import { requirePart } from './requirePart.js';
import { traceOnce } from './sharedTrace.js';

/**
 * The vector of an example, fused with a context: e = fusion(f, context). The context is a second text (`TextFeatures` with
 * the `input` 'context'), an image (`ImageFeatures`) or any vector; for cross-attention also the tokens of a text
 * (`TokenFeatures`) or the places of an image (`PlaceFeatures`). Each reads inputs of its own.
 */
export class FusedFeatures extends Module implements FeatureEncoder {
  readonly encoder: FeatureEncoder;
  readonly context: ContextEncoder;
  readonly fusion: Fusion;

  /** @param parts `fusion` for the features that both have; see `createFusion`. */
  constructor({
    encoder,
    context,
    fusion,
  }: {
    encoder: FeatureEncoder;
    context: ContextEncoder;
    fusion: Fusion;
  }) {
    super();
    requirePart(this, 'features', { encoder });
    this.encoder = encoder;
    this.context = context;
    this.fusion = fusion;
  }

  get outputSize(): number {
    return this.fusion.outputSize;
  }

  /** @throws Error where only cross-attention fits, which takes a context of several vectors. */
  features(): Tensor {
    return traceOnce(this, () => this.fusion.forward(this.encoder.features(), fusionContext(this.context)));
  }
}
