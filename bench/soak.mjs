// Trains a small model for many steps over batches of changing shape and prints resident memory, in MiB, every 1,000
// steps as one JSON object a line: node --expose-gc bench/soak.mjs [STEPS]
import {
  adam,
  chain,
  clipByGlobalNorm,
  createEngine,
  RecurrentDecoder,
  RecurrentEncoder,
  Seq2Seq,
  TrainStep,
} from 'heddle/node';
import { batchesOf, randomPairs } from './workload.mjs';

const steps = Number(process.argv[2] ?? 20_000);
const engine = await createEngine({ threads: 2 });
const shared = { cell: 'gru', vocabularySize: 50, embeddingSize: 16, hiddenSize: 16, dropout: 0.1 };
const model = new Seq2Seq({
  encoder: new RecurrentEncoder({ ...shared, bidirectional: true }),
  decoder: new RecurrentDecoder({ ...shared, attention: 'general' }),
});
const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate: 1e-3 }));
const trainStep = await TrainStep.create({ engine, model, optimizer, seed: 1 });
const pairs = randomPairs({ count: 4096, shortest: 1, longest: 12, vocabulary: 50 });
const batches = batchesOf(pairs, 8, 'none');
for (let step = 1; step <= steps; step++) {
  await trainStep.run(batches[step % batches.length], step, 1e-3);
  if (step % 1000 !== 0) continue;
  globalThis.gc?.();
  console.log(JSON.stringify({ step, mebibytes: process.memoryUsage().rss / 2 ** 20 }));
}
await engine.close();
