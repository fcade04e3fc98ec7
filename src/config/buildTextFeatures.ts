import type { Encoder } from '../models/encoders/encoder.js';
import { TextFeatures } from '../models/featureEncoder.js';
import {
  AttentionPooling,
  LastPooling,
  MaxPooling,
  MeanPooling,
  type Pooling,
} from '../nn/layers/pooling.js';
import type { PoolingType } from './modelSchema.js';

/** What makes one vector of a text, as a configuration describes it, without values. @param input name of the text. */
export function buildTextFeatures(encoder: Encoder, pooling: PoolingType, input?: string): TextFeatures {
  return new TextFeatures({ encoder, pooling: buildPooling(pooling, encoder.outputSize), input });
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
