import { PlaceFeatures, TokenFeatures, type ContextEncoder } from '../models/contextEncoder.js';
import { ImageEncoder } from '../models/encoders/imageEncoder.js';
import { ImageFeatures, type FeatureEncoder } from '../models/featureEncoder.js';
import { FusedFeatures } from '../models/fusedFeatures.js';
import { createFusion } from '../nn/layers/fusion/createFusion.js';
import type { Fusion } from '../nn/layers/fusion/fusion.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import { buildTextFeatures } from './buildTextFeatures.js';
import { buildVectorFeatures } from './buildVectorFeatures.js';
import { usualHeads, type ContextConfig } from './contextSchema.js';

/** Name of a second text among the graph inputs. */
export const contextInput = 'context' as const;

/** What a context consists of. */
export interface ContextSizes {
  /** Tokens that a second text may have. */
  readonly vocabularySize: number;
  /** Number of features, where they are the context. */
  readonly features: number | undefined;
  /** Of images, where they are the context. */
  readonly image?: { readonly channels: number; readonly height: number; readonly width: number } | undefined;
}

/** The features of a text fused with its context, as a configuration describes it, without values. */
export function buildFusedFeatures(
  encoder: FeatureEncoder,
  options: ContextConfig,
  sizes: ContextSizes,
): FusedFeatures {
  const context = buildContext(options, sizes);
  const fusion = buildFusion(options, { size: encoder.outputSize, contextSize: context.outputSize });
  return new FusedFeatures({ encoder, context, fusion });
}

function buildContext(
  { encoder, fusion, pooling = 'mean' }: ContextConfig,
  { vocabularySize, features, image }: ContextSizes,
): ContextEncoder {
  const attends = fusion === 'cross-attention';
  switch (encoder.type) {
    case 'mlp':
      return buildVectorFeatures(encoder, features!);
    case 'image': {
      const reader = new ImageEncoder({ ...encoder, ...image! });
      return attends ? new PlaceFeatures(reader) : new ImageFeatures(reader);
    }
    default: {
      const reader = buildTextEncoder(encoder, vocabularySize);
      return attends
        ? new TokenFeatures({ encoder: reader, input: contextInput })
        : buildTextFeatures(reader, pooling, contextInput);
    }
  }
}

function buildFusion(
  { fusion: type, heads = usualHeads, outputSize, dropout }: ContextConfig,
  sizes: { readonly size: number; readonly contextSize: number },
): Fusion {
  switch (type) {
    case 'softmax':
    case 'concatenation':
      return createFusion({ ...sizes, type, outputSize });
    case 'gated':
    case 'film':
      return createFusion({ ...sizes, type });
    case 'cross-attention':
      return createFusion({ ...sizes, type, heads, dropout });
  }
}
