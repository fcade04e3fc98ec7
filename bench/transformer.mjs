// Training steps of decoder-only Transformers, side by side with PyTorch: cases of step.mjs.
import {
  adam,
  chain,
  clipByGlobalNorm,
  Documents,
  LanguageModel,
  packSequences,
  randomBits,
  randomKey,
  TrainStep,
} from 'heddle/node';
import { measureSteps } from './pairedSteps.mjs';

const learningRate = 1e-3;
const large = { size: 256, layers: 4, heads: 4, batchSize: 32, longest: 64, vocabulary: 8000, steps: 2 };

export const transformerCases = [
  {
    name: 'Transformer d64 L2 B16 T16 V60',
    ...{ size: 64, layers: 2, heads: 4, batchSize: 16, longest: 16, vocabulary: 60, steps: 100 },
  },
  { name: 'Transformer d256 L4 B32 T64 V8000', ...large },
  { name: 'Transformer d256 L4 B32 T16–64 V8000, ragged', ...large, shortest: 16, steps: 4 },
  {
    name: 'Transformer d512 L6 B8 T128 V8000',
    ...{ size: 512, layers: 6, heads: 8, batchSize: 8, longest: 128, vocabulary: 8000, steps: 1 },
  },
];

/** A row of the benchmark; `ragged` cases are batched by length on our side and at random on PyTorch's. */
export async function measureTransformer(options, sides) {
  const { name, size, layers, heads, batchSize, shortest, longest, vocabulary, steps } = options;
  const model = { vocabularySize: vocabulary, size, layers, heads, activation: 'gelu', maxLength: longest };
  const trainStep = await TrainStep.create({
    engine: sides.engine,
    model: new LanguageModel(model),
    optimizer: chain(clipByGlobalNorm(1), adam({ learningRate })),
    seed: 1,
  });
  const texts = new Documents(
    randomTexts({ ...options, shortest: shortest ?? longest, count: batchSize * 16 }),
  );
  const batchesBy = (bucketBy) =>
    texts.plan({ batchSize }, { seed: 1, epoch: 0, bucketBy }).map((indices) => texts.batch(indices));
  return measureSteps({
    ...sides,
    name,
    trainStep,
    batches: batchesBy('length'),
    peerBatches: batchesBy('none'),
    script: 'transformer.py',
    config: model,
    learningRate,
    steps,
    ragged: shortest !== undefined,
  });
}

/** Texts of random ids; lengths, END included, uniform in [shortest, longest]. */
function randomTexts({ count, shortest, longest, vocabulary }) {
  return packSequences(
    Array.from({ length: count }, (_, text) => {
      const length = shortest - 1 + (randomBits(randomKey(1), text) % (longest - shortest + 1));
      return Int32Array.from(
        { length },
        (_, i) => 4 + (randomBits(randomKey(2, text), i) % (vocabulary - 4)),
      );
    }),
  );
}
