import { TokenFeatures, type ContextEncoder } from '../models/contextEncoder.js';
import { InputFeatures, type FeatureEncoder } from '../models/featureEncoder.js';
import { FusedFeatures } from '../models/fusedFeatures.js';
import { HiddenLayers } from '../models/vectorEncoders.js';
import { createFusion } from '../nn/layers/fusion/createFusion.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import { buildTextFeatures } from './buildTextFeatures.js';
import { usualHeads, type ContextConfig } from './contextSchema.js';

/** Graph inputs of a context: of a second text, and of features. */
export const contextInputs = { text: 'context', features: 'vector' } as const;

/** What a context consists of. */
export interface ContextSizes {
  /** Tokens that a second text may have. */
  readonly vocabularySize: number;
  /** Number of features, where they are the context. */
  readonly features: number | undefined;
}

/** The features of a text fused with its context, as a configuration describes it, without values. */
export function buildFusedFeatures(
  encoder: FeatureEncoder,
  options: ContextConfig,
  sizes: ContextSizes,
): FusedFeatures {
  const { fusion: type, heads = usualHeads } = options;
  const context = buildContext(options, sizes);
  const both = { size: encoder.outputSize, contextSize: context.outputSize };
  const fusion =
    type === 'cross-attention' ? createFusion({ ...both, type, heads }) : createFusion({ ...both, type });
  return new FusedFeatures({ encoder, context, fusion });
}

function buildContext(
  { encoder, fusion, pooling = 'mean' }: ContextConfig,
  { vocabularySize, features }: ContextSizes,
): ContextEncoder {
  if (encoder.type === 'mlp') {
    const module = new HiddenLayers({ ...encoder, inputSize: features! });
    const { outputSize } = module;
    return new InputFeatures({ input: contextInputs.features, shape: [features!], module, outputSize });
  }
  const input = contextInputs.text;
  if (fusion === 'cross-attention')
    return new TokenFeatures({ encoder: buildTextEncoder(encoder, vocabularySize), input });
  return buildTextFeatures(buildTextEncoder(encoder, vocabularySize), pooling, input);
}
