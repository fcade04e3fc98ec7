import { describe, expect, it } from 'vitest';
import { checkTenSteps, precisions } from '../../test/support/trainingFixture.js';
import { Linear } from '../nn/layers/linear.js';
import { Classifier } from './classifier.js';
import { InputFeatures } from './featureEncoder.js';
import { MultiLabelClassifier } from './multiLabelClassifier.js';
import { Regressor } from './regressor.js';
import { valueLossTypes } from './valueLoss.js';

/** The encoder of test/fixtures/heads.py. */
const encoder = () =>
  new InputFeatures({ input: 'vector', shape: [4], module: new Linear(4, 5), outputSize: 5 });
const classWeights = [0.5, 1, 2.5];

const heads = {
  'classifier-plain': () => new Classifier({ encoder: encoder(), classes: 3 }),
  'classifier-weighted': () => new Classifier({ encoder: encoder(), classes: 3, classWeights }),
  'classifier-smoothed': () =>
    new Classifier({ encoder: encoder(), classes: 3, classWeights, labelSmoothing: 0.1 }),
  'multi-label': () =>
    new MultiLabelClassifier({ encoder: encoder(), classes: 3, positiveWeight: classWeights }),
  ...Object.fromEntries(
    valueLossTypes.map((loss) => [
      `regressor-${loss}`,
      () => new Regressor({ encoder: encoder(), values: 2, loss, ...(loss === 'huber' && { delta: 0.7 }) }),
    ]),
  ),
};

describe.each(Object.entries(heads))('%s, as PyTorch', (name, model) => {
  it.each(precisions)('ten steps of Adam in %s', (precision) =>
    checkTenSteps({ name: `heads/${name}`, model }, precision),
  );
});

describe('what cannot be', () => {
  it.each([
    ['Classifier: classes is 0', () => new Classifier({ encoder: encoder(), classes: 0 })],
    [
      'labelSmoothing is 1; it must be at least 0 and below 1',
      () => new Classifier({ encoder: encoder(), classes: 2, labelSmoothing: 1 }),
    ],
    [
      'classWeights has 2 entries; there are 3 classes',
      () => new Classifier({ encoder: encoder(), classes: 3, classWeights: [1, 1] }).traceLoss(),
    ],
    ['Regressor: values is 1.5', () => new Regressor({ encoder: encoder(), values: 1.5 })],
    ['Regressor: delta is 0', () => new Regressor({ encoder: encoder(), loss: 'huber', delta: 0 })],
    [
      'InputFeatures: shape[1] is 0',
      () => new InputFeatures({ input: 'x', shape: [4, 0], module: new Linear(4, 5), outputSize: 5 }),
    ],
    [
      'must be [batch, 6], but the module makes float32[batch, 5]',
      () => new InputFeatures({ input: 'x', shape: [4], module: new Linear(4, 5), outputSize: 6 }).features(),
    ],
  ])('%s', (message, make) => {
    expect(make).toThrow(message);
  });
});
