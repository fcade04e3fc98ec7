import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { drawTexts, fusionOf, textValues } from '../../../test/support/contextCases.js';
import { compile, testEngine, type Values } from '../../../test/support/evaluate.js';
import { initialValues, seq2seqValues, type Pair } from '../../../test/support/seq2seqCases.js';
import { gradients } from '../../autodiff/gradients.js';
import { pairBatch, sourceBatch } from '../../data/batching.js';
import { contextTensors } from '../../data/contexts.js';
import { planEpoch } from '../../data/epochPlan.js';
import { packSequences } from '../../data/sequences.js';
import { TextExamples } from '../../data/textExamples.js';
import { tagLabels } from '../../data/tokenLabels.js';
import type { TrainingData } from '../../data/trainingData.js';
import { createSearch } from '../../decode/beamSearch.js';
import { ConcatenationFusion } from '../../nn/layers/fusion/concatenationFusion.js';
import { Linear } from '../../nn/layers/linear.js';
import { parametersOf } from '../../nn/module.js';
import { adamW } from '../../optimizers/transforms.js';
import { TaggerEvaluator } from '../../train/taggerEvaluator.js';
import { Trainer } from '../../train/trainer.js';
import { TokenFeatures } from '../contextEncoder.js';
import { RecurrentDecoder } from '../decoders/recurrentDecoder.js';
import { TransformerDecoder } from '../decoders/transformerDecoder.js';
import { InputFeatures } from '../featureEncoder.js';
import { Seq2Seq, seq2seqInputs } from '../seq2seq.js';
import { Tagger } from '../tagger.js';
import { FusedEncoder } from './fusedEncoder.js';
import { RecurrentEncoder } from './recurrentEncoder.js';
import { TransformerEncoder } from './transformerEncoder.js';

const gru = (hiddenSize: number) =>
  new RecurrentEncoder({ cell: 'gru', vocabularySize: 9, embeddingSize: 4, hiddenSize, bidirectional: true });
const transformer = () => new TransformerEncoder({ vocabularySize: 9, size: 6, heads: 2, layers: 1 });
/** A vector of two numbers as a context of `outputSize` features. */
const vector = (outputSize: number) =>
  new InputFeatures({ input: 'vector', shape: [2], module: new Linear(2, outputSize), outputSize });
const recurrentDecoder = (hiddenSize: number) =>
  new RecurrentDecoder({
    cell: 'gru',
    vocabularySize: 9,
    embeddingSize: 4,
    hiddenSize,
    attention: 'general',
  });
const transformerDecoder = () => new TransformerDecoder({ vocabularySize: 9, size: 6, heads: 2, layers: 1 });

const models = {
  'GRUs, film': () =>
    new Seq2Seq({
      encoder: new FusedEncoder({ encoder: gru(3), context: vector(4), fusion: fusionOf('film', 6, 4) }),
      decoder: recurrentDecoder(6),
    }),
  'GRUs with states of another size, concatenation': () =>
    new Seq2Seq({
      encoder: new FusedEncoder({
        encoder: gru(3),
        context: vector(4),
        fusion: new ConcatenationFusion(6, 4, 7),
      }),
      decoder: recurrentDecoder(5),
    }),
  'a GRU over a Transformer, film': () =>
    new Seq2Seq({
      encoder: new FusedEncoder({
        encoder: transformer(),
        context: vector(4),
        fusion: fusionOf('film', 6, 4),
      }),
      decoder: recurrentDecoder(5),
    }),
  'Transformers, the tokens of a context': () =>
    new Seq2Seq({
      encoder: new FusedEncoder({
        encoder: transformer(),
        context: new TokenFeatures({ encoder: gru(2) }),
        fusion: fusionOf('cross-attention', 6, 4),
      }),
      decoder: transformerDecoder(),
    }),
};

const pairs: Pair[] = [
  { source: [3, 1, 4, 1, 5], target: [1, 2, 6], labels: [2, 6, 2] },
  { source: [6], target: [1, 7, 3, 5], labels: [7, 3, 5, 2] },
  { source: [2, 2, 5], target: [1], labels: [2] },
];
const contexts = [[4, 5], [7], [8, 4, 6]];
const contextValues = (padding: number): Values => ({
  vector: { shape: [3, 2], values: [1, -2, 0.5, 3, 0, 0] },
  ...textValues('context', contexts, padding),
});

describe.each(Object.entries(models))('an encoder–decoder with a context: %s', (_, make) => {
  it('says the same however long the padding', async () => {
    const model = make();
    const parameters = parametersOf(model);
    const inputs = seq2seqInputs();
    const { loss, tokenLosses } = model.score(inputs);
    const found = gradients(loss, [...parameters.values()]);
    const named = Object.fromEntries(
      [...parameters.keys()].map((name, i) => [`gradient of ${name}`, found[i]!]),
    );
    const run = await compile({ loss, tokenLosses, ...named });
    const initial = initialValues(parameters);
    const at = (source: number, target: number, context: number) =>
      run({ ...seq2seqValues(pairs, source, target), ...contextValues(context), ...initial });
    const plain = await at(0, 0, 0);
    for (const padded of [await at(3, 0, 2), await at(0, 2, 5)])
      for (const name of Object.keys(plain)) expectClose(padded[name], plain[name], 1e-6, name);
  });
});

/** Contexts of ±1 for each of some examples. */
const signs = (count: number) =>
  Float32Array.from({ length: 2 * count }, (_, i) => ((i >> 1) % 2 === 0 ? 1 : -1));

it('a decoder answers as the context says', async () => {
  const engine = await testEngine();
  const model = models['GRUs, film']();
  // The first token, or with the other sign the last one.
  const sources = drawTexts(200, 3);
  const vectors = contextTensors({ input: 'vector', shape: [2], values: signs(200) });
  const targets = sources.map((source, i) => [source.at(i % 2 === 0 ? 0 : -1)!]);
  const encoded = {
    examples: sources.map(() => ({ source: '', references: [''], origin: '' })),
    sources: packSequences(sources),
    targets: packSequences(targets),
    exampleOfPair: Int32Array.from(sources, (_, i) => i),
  };
  const data: TrainingData = {
    plan: (limit, options) => planEpoch(encoded, limit, options),
    batch: (indices) => ({ ...pairBatch(encoded, indices), ...vectors.feed(indices) }),
  };
  const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 2e-2 }) });
  await trainer.fit(data, { epochs: 25, batch: { batchSize: 25 } });
  const search = await createSearch(engine, model, trainer.parameters, 1);
  const asked = packSequences([
    [4, 5, 6],
    [4, 5, 6],
    [7, 6, 4, 5],
    [7, 6, 4, 5],
  ]);
  const all = Int32Array.of(0, 1, 2, 3);
  const answers = await search({ ...sourceBatch(asked, all), ...vectors.feed(all) });
  expect(answers.map(([best]) => best!.ids)).toEqual([[4], [6], [7], [5]]);
});

it('a tagger tags as the context says', async () => {
  const engine = await testEngine();
  const encoder = new FusedEncoder({ encoder: gru(4), context: vector(4), fusion: fusionOf('gated', 8, 4) });
  const model = new Tagger({ encoder, tags: 2 });
  const part = (seed: number) => {
    const texts = drawTexts(200, seed);
    const packed = packSequences(texts);
    const tags = texts.map((text, i) => text.map((id) => Number((id === 4) === (i % 2 === 0))));
    return new TextExamples(packed, [
      tagLabels(packed, packSequences(tags)),
      contextTensors({ input: 'vector', shape: [2], values: signs(200) }),
    ]);
  };
  const trainer = await Trainer.create({ engine, model, optimizer: adamW({ learningRate: 2e-2 }) });
  await trainer.fit(part(4), { epochs: 15, batch: { batchSize: 20 } });
  const { answers } = await new TaggerEvaluator(engine, model, trainer.parameters).evaluate(part(5));
  for (const { labels, predictions } of answers) expect(predictions).toEqual(labels);
});

it('passes the limit of its encoder on, and its states or that it has none', () => {
  const learned = new TransformerEncoder({
    vocabularySize: 9,
    size: 6,
    heads: 2,
    layers: 1,
    positions: 'learned',
    maxLength: 12,
  });
  const encoder = new FusedEncoder({ encoder: learned, context: vector(4), fusion: fusionOf('film', 6, 4) });
  expect(encoder.maxLength).toBe(12);
  const { decoder } = new Seq2Seq({ encoder, decoder: recurrentDecoder(5) });
  expect(parametersOf(decoder).get('bridge.layers.0.0.linear.weight')!.shape).toEqual([5, 6]);
});
