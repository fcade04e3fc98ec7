import { InputFeatures } from '../models/featureEncoder.js';
import { HiddenLayers } from '../models/vectorEncoders.js';
import { RadialBasis } from '../nn/layers/radialBasis.js';
import type { VectorEncoderConfig } from './modelSchema.js';

/** Name of the graph input with columns of numbers. */
export const vectorInput = 'vector';

/** Training data where radial basis functions start; they count in training alone. */
export interface VectorStart {
  /** Row by row, scaled. [rows · features] */
  readonly points: Float32Array;
  readonly seed: number;
}

/**
 * What makes features of columns of numbers, as a configuration describes it, without values.
 * @throws UserError where the rows to start from have fewer different ones than there are units.
 */
export function buildVectorFeatures(
  encoder: VectorEncoderConfig,
  features: number,
  start?: VectorStart,
): InputFeatures {
  const vector = { input: vectorInput, shape: [features] };
  if (encoder.type === 'mlp') {
    const module = new HiddenLayers({ ...encoder, inputSize: features });
    return new InputFeatures({ ...vector, module, outputSize: module.outputSize });
  }
  const module = new RadialBasis(features, encoder.units);
  if (start) {
    const { points, seed } = start;
    const rows = Array.from({ length: points.length / features }, (_, i) =>
      points.subarray(i * features, (i + 1) * features),
    );
    module.startFrom(rows, { seed });
  }
  return new InputFeatures({ ...vector, module, outputSize: encoder.units });
}
