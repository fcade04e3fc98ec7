import { describe, it } from 'vitest';
import { fusionOf } from '../../test/support/contextCases.js';
import { fixturePairs, seq2seqValues, smallTransformer } from '../../test/support/seq2seqCases.js';
import { checkTenSteps, precisions } from '../../test/support/trainingFixture.js';
import { fusionTypes, type FusionType } from '../nn/layers/fusion/createFusion.js';
import { MLP } from '../nn/layers/mlp.js';
import { RadialBasis } from '../nn/layers/radialBasis.js';
import { adam } from '../optimizers/transforms.js';
import { Classifier } from './classifier.js';
import { TokenFeatures } from './contextEncoder.js';
import { RecurrentEncoder } from './encoders/recurrentEncoder.js';
import { InputFeatures } from './featureEncoder.js';
import { FusedFeatures } from './fusedFeatures.js';

// The gradients of keys' biases are rounding: with Adam's own ε it would move them.
const optimizer = adam({ learningRate: 1e-2, epsilon: 1e-4 });

describe.each([
  ['pre', 'relu', 'sinusoidal', precisions],
  ['post', 'relu', 'learned', precisions],
  // ONNX Runtime's CPU has no Erf in float64.
  ['pre', 'gelu', 'sinusoidal', ['float32']],
] as const)(
  'a Transformer that normalises %s, with %s and %s positions',
  (norm, activation, positions, runs) => {
    it.each(runs)('ten steps of Adam, as PyTorch, in %s', (precision) =>
      checkTenSteps(
        {
          name: `transformer_training/${norm}-${activation}-${positions}`,
          model: () => smallTransformer({ norm, activation, positions, maxLength: 8 }),
          optimizer,
          batch: (fixture) => seq2seqValues(fixturePairs(fixture)),
        },
        precision,
      ),
    );
  },
);

/** The features of test/fixtures/fusion_training.py. */
function fusedFeatures(type: FusionType): FusedFeatures {
  const fusion = fusionOf(type, 6, 4);
  const from = { input: 'vector', shape: [4], outputSize: 6 };
  if (type === 'cross-attention') {
    const deep = new MLP({ inputSize: 4, hiddenSizes: [5, 7], outputSize: 6 });
    const reader = new RecurrentEncoder({ cell: 'gru', vocabularySize: 7, embeddingSize: 3, hiddenSize: 4 });
    const encoder = new InputFeatures({ ...from, module: deep });
    return new FusedFeatures({ encoder, context: new TokenFeatures({ encoder: reader }), fusion });
  }
  const context = new MLP({ inputSize: 3, hiddenSizes: [5], outputSize: 4, activation: 'tanh' });
  return new FusedFeatures({
    encoder: new InputFeatures({ ...from, module: new RadialBasis(4, 6) }),
    context: new InputFeatures({ input: 'context', shape: [3], module: context, outputSize: 4 }),
    fusion,
  });
}

describe.each(fusionTypes)('a classifier of vectors and their context, %s', (type) => {
  it.each(precisions)('ten steps of Adam, as PyTorch, in %s', (precision) =>
    checkTenSteps(
      {
        name: `fusion_training/${type}`,
        model: () => new Classifier({ encoder: fusedFeatures(type), classes: 3 }),
        optimizer,
      },
      precision,
    ),
  );
});
