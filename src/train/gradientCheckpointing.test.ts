import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { readNodes } from '../../test/support/onnxReader.js';
import { optimizedNodes } from '../../test/support/optimized.js';
import { seq2seqValues } from '../../test/support/seq2seqCases.js';
import { gradients } from '../autodiff/gradients.js';
import { SeriesWindows } from '../data/seriesWindows.js';
import { TransformerDecoder } from '../models/decoders/transformerDecoder.js';
import { TransformerEncoder } from '../models/encoders/transformerEncoder.js';
import { DirectForecaster } from '../models/forecasters/directForecaster.js';
import { TransformerSeriesEncoder } from '../models/forecasters/seriesEncoders.js';
import { LanguageModel } from '../models/languageModel.js';
import { Seq2Seq } from '../models/seq2seq.js';
import type { Trainable } from '../models/trainable.js';
import { inTraining } from '../nn/mode.js';
import { parametersOf } from '../nn/module.js';
import { exportGraph } from '../onnx/exportGraph.js';
import { chain } from '../optimizers/transform.js';
import { sgd } from '../optimizers/transforms.js';
import { TrainStep } from './trainStep.js';

const shared = { vocabularySize: 11, size: 8, heads: 2, layers: 3, dropout: 0.2 };
const models: Record<string, (gradientCheckpointing: boolean) => Trainable> = {
  'an encoder and a decoder': (gradientCheckpointing) =>
    new Seq2Seq({
      encoder: new TransformerEncoder({ ...shared, gradientCheckpointing }),
      decoder: new TransformerDecoder({ ...shared, gradientCheckpointing, norm: 'post' }),
    }),
  'a language model': (gradientCheckpointing) => new LanguageModel({ ...shared, gradientCheckpointing }),
  'a forecaster': (gradientCheckpointing) =>
    new DirectForecaster({
      encoder: new TransformerSeriesEncoder({ ...shared, gradientCheckpointing }),
      horizon: 2,
    }),
};
/** One per block, two where it looks at a source as well; and the same again. */
const softmaxes = {
  'an encoder and a decoder': 3 * 2 + 3 * 4,
  'a language model': 3 * 2,
  'a forecaster': 3 * 2,
};

const pairs = [
  { source: [3, 1, 4, 1, 5], target: [1, 2, 6], labels: [2, 6, 2] },
  { source: [6], target: [1, 7, 3, 5], labels: [7, 3, 5, 2] },
];
const batch = Object.fromEntries(
  Object.entries({ ...seq2seqValues(pairs, 1, 1), exampleIndex: { shape: [2], values: [4, 9] } }).map(
    ([name, { shape, values }]) => [name, { dtype: 'int32', shape, data: Int32Array.from(values) }] as const,
  ),
);

const windows = new SeriesWindows({
  series: [Float32Array.from({ length: 12 }, (_, i) => Math.sin(i))],
  window: 6,
  horizon: 2,
}).batch(Int32Array.of(1, 3));

describe.each(Object.keys(models))('gradient checkpointing in %s', (name) => {
  it('leaves loss and gradients as they are, with dropout', async () => {
    const results = [];
    for (const gradientCheckpointing of [true, false]) {
      const trainStep = await TrainStep.create({
        engine: await testEngine(),
        model: models[name]!(gradientCheckpointing),
        optimizer: chain(sgd({ learningRate: 0.1 })),
        seed: 3,
      });
      const { lossSum } = await trainStep.computeGradients(name === 'a forecaster' ? windows : batch, 1);
      results.push({ lossSum, gradients: Array.from(trainStep.gradients.flat) });
    }
    const [with_, without] = results;
    expect(with_!.lossSum).toBe(without!.lossSum);
    // Not to the bit: what the decoder's blocks send back to the encoder is summed per block first.
    const largest = Math.max(...without!.gradients.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    without!.gradients.forEach((value, i) => {
      expect(Math.abs(with_!.gradients[i]! - value)).toBeLessThanOrEqual(1e-7 * largest);
    });
  });

  it('computes each block twice, also after the runtime’s optimiser', async () => {
    const model = models[name]!(true);
    const parameters = [...parametersOf(model).values()];
    const outputs = inTraining(() => {
      const { loss } = model.traceLoss();
      const found = gradients(loss, parameters);
      return { loss, ...Object.fromEntries(found.map((x, i) => [`gradient${i}`, x])) };
    });
    const { bytes } = exportGraph(outputs);
    for (const nodes of [readNodes(bytes), await optimizedNodes(bytes)]) {
      const found = nodes.filter(
        ({ opType, name: node }) => opType === 'Softmax' && node.includes('Attention'),
      );
      expect(found).toHaveLength(softmaxes[name as keyof typeof softmaxes]);
    }
  });
});
