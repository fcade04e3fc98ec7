import { expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { valueLabels } from '../data/labels.js';
import { packSequences } from '../data/sequences.js';
import { TextExamples } from '../data/textExamples.js';
import { averageCounts } from '../metrics/classification.js';
import { multiLabelCounts } from '../metrics/multiLabel.js';
import { MaxPooling } from '../nn/layers/pooling.js';
import { adamW } from '../optimizers/transforms.js';
import { randomKey, randomUniform } from '../tensor/random.js';
import { Trainer } from '../train/trainer.js';
import { ValueEvaluator } from '../train/valueEvaluator.js';
import { TransformerEncoder } from './encoders/transformerEncoder.js';
import { TextFeatures } from './featureEncoder.js';
import { MultiLabelClassifier } from './multiLabelClassifier.js';

/** Texts, and which of the tokens 4, 5 and 6 each has. */
function spotted(count: number, seed: number): TextExamples {
  const texts = Array.from({ length: count }, (_, i) => {
    const key = randomKey(seed, i);
    const length = 1 + Math.floor(randomUniform(key, 0) * 6);
    return Array.from({ length }, (__, t) => 4 + Math.floor(randomUniform(key, t + 1) * 5));
  });
  const classes = texts.flatMap((text) => [4, 5, 6].map((id) => Number(text.includes(id))));
  return new TextExamples(packSequences(texts), [valueLabels(Float32Array.from(classes), 3, 'classes')]);
}

it('learns which of several things a text has, and says the same of it in any batch', async () => {
  const engine = await testEngine();
  const encoder = new TransformerEncoder({ vocabularySize: 9, size: 16, heads: 2, layers: 1 });
  const features = new TextFeatures({ encoder, pooling: new MaxPooling() });
  const model = new MultiLabelClassifier({ encoder: features, classes: 3, positiveWeight: 1.5 });
  const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 1e-2 }) });
  await trainer.fit(spotted(300, 1), { epochs: 12, batch: { batchSize: 30 } });
  const evaluator = new ValueEvaluator(engine, model, trainer.parameters);
  const { pairs, loss } = await evaluator.evaluate(spotted(100, 2));
  expect(averageCounts(multiLabelCounts(pairs, 3), 'macro').f1).toBeGreaterThan(0.95);
  const alone = await evaluator.evaluate(spotted(100, 2), 1);
  expect(alone.loss).toBeCloseTo(loss, 5);
});
