import { TextFeatures } from '../models/featureEncoder.js';
import {
  AttentionPooling,
  LastPooling,
  MaxPooling,
  MeanPooling,
  type Pooling,
} from '../nn/layers/pooling.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import type { PoolingType, TextEncoderConfig } from './modelSchema.js';

/** What makes one vector of a text, as a configuration describes it, without values. */
export function buildTextFeatures(
  options: TextEncoderConfig,
  pooling: PoolingType,
  vocabularySize: number,
): TextFeatures {
  const encoder = buildTextEncoder(options, vocabularySize);
  return new TextFeatures({ encoder, pooling: buildPooling(pooling, encoder.outputSize) });
}

function buildPooling(type: PoolingType, size: number): Pooling {
  switch (type) {
    case 'mean':
      return new MeanPooling();
    case 'max':
      return new MaxPooling();
    case 'last':
      return new LastPooling();
    case 'attention':
      return new AttentionPooling(size);
  }
}
