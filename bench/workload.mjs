// What the step benchmarks run: a model, random pairs, and their batches, for both sides.
import {
  adam,
  chain,
  clipByGlobalNorm,
  encodeSafetensors,
  packSequences,
  pairBatch,
  planEpoch,
  randomBits,
  randomKey,
  RecurrentDecoder,
  RecurrentEncoder,
  Seq2Seq,
  TrainStep,
} from 'heddle/node';
import { peerName } from './peer.mjs';

export const learningRate = 1e-3;

/** Pairs of random ids; lengths (target: END included) uniform in [shortest, longest], source and target independent. */
export function randomPairs({ count, shortest, longest, vocabulary }) {
  const draw = (key, index, from, to) => from + (randomBits(key, index) % (to - from + 1));
  const sequence = (key, index, less) => {
    const length = draw(randomKey(key), index, shortest, longest) - less;
    return Int32Array.from({ length }, (_, i) => draw(randomKey(key, index), i, 4, vocabulary - 1));
  };
  const range = Array.from({ length: count }, (_, i) => i);
  return {
    examples: range.map((i) => ({ source: '', references: [''], origin: `pair ${i}` })),
    sources: packSequences(range.map((i) => sequence(1, i, 0))),
    targets: packSequences(range.map((i) => sequence(2, i, 1))),
    exampleOfPair: Int32Array.from(range),
    report: { skippedPairs: 0, unknownSourceTokens: 0, unknownTargetTokens: 0 },
  };
}

/** Batches of one epoch, either in length buckets or random. */
export function batchesOf(pairs, batchSize, bucketBy) {
  return planEpoch(pairs, { batchSize }, { seed: 1, epoch: 0, bucketBy }).map((indices) =>
    pairBatch(pairs, indices),
  );
}

export async function createStep(engine, { hidden, vocabulary, inputFeeding = false }) {
  const shared = { cell: 'lstm', vocabularySize: vocabulary, embeddingSize: hidden, hiddenSize: hidden };
  const model = new Seq2Seq({
    encoder: new RecurrentEncoder(shared),
    decoder: new RecurrentDecoder({ ...shared, attention: 'general', inputFeeding }),
  });
  const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate }));
  return TrainStep.create({ engine, model, optimizer, seed: 1 });
}

/** The parameters under the peer's names, as a safetensors file. */
export function peerParameters(trainStep) {
  const values = Object.entries(trainStep.store.snapshot());
  return encodeSafetensors(Object.fromEntries(values.map(([name, value]) => [peerName(name), value])));
}

/** Batches in the peer's form, as a safetensors file. */
export function peerBatches(batches) {
  const tensors = {};
  batches.forEach((batch, i) => {
    const labels = new Int32Array(batch.targetInput.data.length);
    batch.targetRows.data.forEach((row, token) => (labels[row] = batch.labels.data[token]));
    Object.assign(tensors, {
      [`batch${i}.source`]: batch.source,
      [`batch${i}.source_lengths`]: batch.sourceLengths,
      [`batch${i}.target_input`]: batch.targetInput,
      [`batch${i}.labels`]: { ...batch.targetInput, data: labels },
      [`batch${i}.target_lengths`]: batch.targetLengths,
    });
  });
  return encodeSafetensors(tensors);
}
