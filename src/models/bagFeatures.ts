import { gaussian } from '../nn/initializers.js';
import { Embedding } from '../nn/layers/embedding.js';
import { Module } from '../nn/module.js';
import { matmul } from '../ops/matmul.js';
import { reshape } from '../ops/shape.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { input, type Tensor } from '../tensor/tensor.js';
import type { FeatureEncoder } from './featureEncoder.js';

export interface BagFeaturesOptions {
  /** Terms that a text can have: features of the vectorizer. */
  readonly terms: number;
  /** Features of the vector. */
  readonly size: number;
}

/**
 * A text as the weighted sum of a learnt vector per term, v = Σ wᵢ·E[termᵢ], whatever their order (Joulin et al. 2017), which is
 * E applied to the text's row of counts or TF-IDF weights. Inputs `source` int32 and `sourceWeights` float32 [batch, sourceTime]
 * are the terms and their weights, as `bagExamples` feeds them; terms of weight 0 count nothing.
 */
export class BagFeatures extends Module implements FeatureEncoder {
  readonly embedding: Embedding;

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor({ terms, size }: BagFeaturesOptions) {
    super();
    requireOptions(this, 'a whole number from 1', { terms, size });
    // Small, so that terms which are hardly ever seen say hardly anything.
    this.embedding = new Embedding(terms, size, gaussian(DEVIATION));
  }

  get outputSize(): number {
    return this.embedding.size;
  }

  features(): Tensor {
    const terms = input('source', 'int32', ['batch', 'sourceTime']);
    const weights = input('sourceWeights', 'float32', ['batch', 'sourceTime']);
    const sum = matmul(reshape(weights, ['batch', 1, 'sourceTime']), this.embedding.forward(terms));
    return reshape(sum, ['batch', this.outputSize]);
  }
}

const DEVIATION = 0.01;
