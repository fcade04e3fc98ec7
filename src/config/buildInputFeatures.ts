import { BagFeatures } from '../models/bagFeatures.js';
import type { FeatureEncoder } from '../models/featureEncoder.js';
import { featuresOfBag } from '../text/vectorizerJson.js';
import { buildFusedFeatures, type ContextSizes } from './buildFusedFeatures.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import { buildTextFeatures } from './buildTextFeatures.js';
import { buildVectorFeatures } from './buildVectorFeatures.js';
import type { BagConfig } from './classificationSchema.js';
import type { ContextConfig } from './contextSchema.js';
import type { SharedReader } from './head.js';
import {
  isTextEncoder,
  type PoolingType,
  type TextEncoderConfig,
  type VectorEncoderConfig,
} from './modelSchema.js';
import type { Columns } from './tableInputs.js';
import type { TextColumnsEncoding } from './textColumns.js';

/** What a configuration says of a model that reads rows of a table. */
export interface InputConfig {
  readonly data: Pick<ContextSizes, 'image'>;
  readonly model: {
    readonly encoder: TextEncoderConfig | BagConfig | VectorEncoderConfig;
    readonly pooling: PoolingType;
    readonly context?: ContextConfig | undefined;
  };
  readonly training: { readonly seed: number };
}

/** What a model starts from, or has together with others. */
export interface InputParts {
  /** Features of the training data, where radial basis functions start; they count in training alone. */
  readonly known?: Columns | undefined;
  /** What reads its texts. */
  readonly shared?: SharedReader | undefined;
}

/** What makes features of the rows of a table, as a configuration describes it, without values. */
export function buildInputFeatures(
  { data, model: { encoder, pooling, context }, training: { seed } }: InputConfig,
  { text, bag, features }: TextColumnsEncoding,
  { known, shared }: InputParts = {},
): FeatureEncoder {
  if (encoder.type === 'bag-of-words')
    return new BagFeatures({ terms: featuresOfBag(bag!).length, size: encoder.size });
  if (!isTextEncoder(encoder)) {
    const { names, scaler } = features!;
    const start = known && { points: scaler.transform(known.values), seed };
    return buildVectorFeatures(encoder, names.length, start);
  }
  const vocabularySize = text!.vocabulary.size;
  const own = buildTextFeatures(shared?.encoder ?? buildTextEncoder(encoder, vocabularySize), pooling);
  if (!context) return own;
  return buildFusedFeatures(own, context, {
    vocabularySize,
    features: features?.names.length,
    image: data.image,
  });
}
