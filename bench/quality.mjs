// npm run bench:quality [-- --json] [-- --seeds N]: seconds of training until a phoneme error rate of 10 %, beside a plain PyTorch script.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  adam,
  buildEncoding,
  chain,
  characterTokenizer,
  clipByGlobalNorm,
  cosine,
  encodeExamples,
  encodeSafetensors,
  END,
  Evaluator,
  pairBatch,
  planEpoch,
  readCmudict,
  RecurrentDecoder,
  RecurrentEncoder,
  Seq2Seq,
  splitExamples,
  START,
  Trainer,
  wordTokenizer,
} from 'heddle/node';
import { median, openSides, peerName, say, startPeer, threads } from './peer.mjs';

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean' }, seeds: { type: 'string', default: '3' } },
});
const plan = { batchSize: 128, peak: 2e-3, warmupSteps: 200, totalSteps: 2500, clip: 1 };
const targetPer = 0.1;
const evaluateEverySteps = 100;
const maxSeconds = 900;

const split = splitExamples(await readCmudict(), { seed: 1, validation: 0.05, test: 0.05 });
const encoding = {
  source: buildEncoding(
    split.train.map(({ source }) => source),
    characterTokenizer,
  ),
  target: buildEncoding(
    split.train.flatMap(({ references }) => references),
    wordTokenizer,
  ),
};
const train = encodeExamples(split.train, encoding);
const development = encodeExamples(split.validation.slice(0, 2000), encoding);

const { engine, torch } = await openSides();
const folder = mkdtempSync(join(tmpdir(), 'heddle-quality-'));
const ours = [];
const peers = [];
try {
  if (torch) writeData();
  for (let seed = 1; seed <= Number(flags.seeds); seed++) {
    ours.push(await trainOurs(seed));
    if (torch) peers.push(await trainPeer(seed));
  }
} finally {
  rmSync(folder, { recursive: true });
  await engine.close();
}
const row = {
  name: 'seconds until PER ≤ 10 %, pronunciation',
  ours: median(ours),
  peer: torch ? median(peers) : null,
  ratio: torch ? median(ours.map((seconds, i) => seconds / peers[i])) : null,
  unit: 's',
};
if (flags.json) console.log(JSON.stringify([row], null, 2));
else {
  const peer = row.peer === null ? '' : `, PyTorch ${row.peer.toFixed(1)} s, ratio ${row.ratio.toFixed(2)}`;
  console.log(`${row.name}: ${row.ours.toFixed(1)} s${peer} (median of ${ours.length} seeds)`);
}

function createTrainer(seed) {
  const shared = { cell: 'gru', embeddingSize: 128, hiddenSize: 256 };
  const model = new Seq2Seq({
    encoder: new RecurrentEncoder({
      ...shared,
      vocabularySize: encoding.source.vocabulary.size,
      bidirectional: true,
    }),
    decoder: new RecurrentDecoder({
      ...shared,
      vocabularySize: encoding.target.vocabulary.size,
      attention: 'general',
    }),
  });
  const optimizer = chain(clipByGlobalNorm(plan.clip), adam({ learningRate: plan.peak }));
  const schedule = cosine({ warmupSteps: plan.warmupSteps, totalSteps: plan.totalSteps });
  return Trainer.create({ engine, model, optimizer, schedule, seed }).then((trainer) => ({ trainer, model }));
}

async function trainOurs(seed) {
  const { trainer, model } = await createTrainer(seed);
  if (torch) {
    const values = Object.entries(trainer.trainStep.store.snapshot());
    const parameters = Object.fromEntries(values.map(([name, value]) => [peerName(name), value]));
    writeFileSync(join(folder, `parameters-${seed}.safetensors`), encodeSafetensors(parameters));
  }
  const evaluator = new Evaluator(engine, model, trainer.parameters, encoding);
  let seconds = 0;
  let started = performance.now();
  for (let epoch = 0; seconds < maxSeconds; epoch++)
    for (const indices of planEpoch(train, { batchSize: plan.batchSize }, { seed, epoch })) {
      if (indices.length < plan.batchSize) continue;
      await trainer.update(pairBatch(train, indices));
      if (trainer.step % evaluateEverySteps !== 0) continue;
      seconds += (performance.now() - started) / 1000;
      const { metrics } = await evaluator.evaluate(development, { metrics: ['per'] });
      say(
        `heddle, seed ${seed}, step ${trainer.step}: ${seconds.toFixed(1)} s, PER ${(metrics.per * 100).toFixed(2)} %`,
      );
      if (metrics.per <= targetPer) return seconds;
      started = performance.now();
    }
  return Infinity;
}

function writeData() {
  const ids = ({ ids: all, offsets }, i) => [...all.subarray(offsets[i], offsets[i + 1])];
  const pairs = Array.from(train.exampleOfPair, (example, pair) => ({
    source: ids(train.sources, example),
    target: ids(train.targets, pair),
  }));
  const groups = development.examples.map((_, i) => ({
    source: ids(development.sources, i),
    references: [],
  }));
  development.exampleOfPair.forEach((example, pair) =>
    groups[example].references.push(ids(development.targets, pair)),
  );
  const lines = (values) => values.map((value) => JSON.stringify(value)).join('\n');
  writeFileSync(join(folder, 'train.jsonl'), lines(pairs));
  writeFileSync(join(folder, 'development.jsonl'), lines(groups));
}

async function trainPeer(seed) {
  const config = {
    train: join(folder, 'train.jsonl'),
    development: join(folder, 'development.jsonl'),
    parameters: join(folder, `parameters-${seed}.safetensors`),
    sourceVocabulary: encoding.source.vocabulary.size,
    targetVocabulary: encoding.target.vocabulary.size,
    begin: START,
    end: END,
    embedding: 128,
    hidden: 256,
    batchSize: plan.batchSize,
    learningRate: {
      kind: 'cosine',
      peak: plan.peak,
      warmupExamples: plan.warmupSteps * plan.batchSize,
      totalExamples: plan.totalSteps * plan.batchSize,
    },
    clip: plan.clip,
    evaluateEverySteps,
    targetPer,
    maxSeconds,
    seed,
    threads,
  };
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(config));
  const peer = startPeer('quality.py', [path]);
  for (;;) {
    const { step, seconds, per } = await peer.next();
    say(`PyTorch, seed ${seed}, step ${step}: ${seconds.toFixed(1)} s, PER ${(per * 100).toFixed(2)} %`);
    if (per > targetPer && seconds < maxSeconds) continue;
    await peer.quit();
    return per <= targetPer ? seconds : Infinity;
  }
}
