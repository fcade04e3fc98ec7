// npm run bench [-- --json] [-- --rounds N]: whole training steps (forward, backward, clipping, Adam) side by side with PyTorch.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cnnName, measureCnn } from './cnn.mjs';
import { measureTransformer, transformerCases } from './transformer.mjs';
import { median, openSides, say, startPeer, threads } from './peer.mjs';
import {
  batchesOf,
  createStep,
  learningRate,
  peerBatches,
  peerParameters,
  randomPairs,
} from './workload.mjs';

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean' }, rounds: { type: 'string', default: '9' }, only: { type: 'string' } },
});
const rounds = Number(flags.rounds);

const large = { hidden: 256, vocabulary: 8000, batchSize: 64, longest: 20, steps: 4 };
const small = { hidden: 128, vocabulary: 1000, batchSize: 16, longest: 20, steps: 30 };
const cases = [
  { name: 'LSTM H256 B64 T20 V8000', ...large },
  { name: 'LSTM H128 B16 T20 V1000', ...small },
  { name: 'LSTM H256 B64 T5–20 V8000, ragged', ...large, shortest: 5, steps: 8 },
  { name: 'LSTM H128 B16 T5–20 V1000, ragged', ...small, shortest: 5, steps: 60 },
  { name: 'LSTM H256 B64 T20 V8000, input feeding', ...large, inputFeeding: true },
].filter(({ name }) => !flags.only || name.includes(flags.only));

const { engine, torch } = await openSides();
const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
const results = [];
try {
  for (const options of cases) results.push(...(await measure(options)));
  for (const options of transformerCases)
    if (!flags.only || options.name.includes(flags.only))
      results.push(await measureTransformer(options, { engine, torch, folder, rounds }));
  if (!flags.only || cnnName.includes(flags.only))
    results.push(await measureCnn({ engine, torch, folder, rounds }));
  if (!flags.only || 'peak memory'.includes(flags.only)) results.push(await memory());
} finally {
  rmSync(folder, { recursive: true });
  await engine.close();
}
if (flags.json) console.log(JSON.stringify(results, null, 2));
else {
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const { name, ours, peer, ratio, unit } of results) {
    const figures = `${ours.toFixed(1).padStart(8)}  ${peer === null ? '       –' : peer.toFixed(1).padStart(8)}  ${unit.padEnd(13)}`;
    console.log(`${name.padEnd(width)}  ${figures} ${ratio === null ? '' : ratio.toFixed(2)}`);
  }
}

/** One side's cost of a round: ms per step, or µs per real token where lengths differ. */
function cost(milliseconds, tokens, ragged) {
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  return ragged ? (sum(milliseconds) * 1000) / sum(tokens) : median(milliseconds);
}

async function measure({
  name,
  shortest,
  longest,
  hidden,
  vocabulary,
  batchSize,
  steps,
  inputFeeding = false,
}) {
  const ragged = shortest !== undefined;
  const pairs = randomPairs({ count: batchSize * 64, shortest: shortest ?? longest, longest, vocabulary });
  const bucketed = batchesOf(pairs, batchSize, 'length');
  const random = ragged ? batchesOf(pairs, batchSize, 'none') : bucketed;
  const started = performance.now();
  const trainStep = await createStep(engine, { hidden, vocabulary, inputFeeding });
  const compile = performance.now() - started;

  const peers = torch ? await startPeers() : [];
  const next = { ours: 0 };
  let step = 0;
  const ourRound = async (count) => {
    const milliseconds = [];
    const tokens = [];
    const losses = [];
    for (let i = 0; i < count; i++) {
      const batch = bucketed[next.ours++ % bucketed.length];
      const start = performance.now();
      const result = await trainStep.run(batch, ++step, learningRate);
      milliseconds.push(performance.now() - start);
      tokens.push(result.count);
      losses.push(result.loss);
    }
    return { milliseconds, tokens, losses };
  };

  // The same weights and batches give the same first losses.
  const { losses } = await ourRound(3);
  for (const peer of peers.filter((peer) => peer.sameModel)) {
    const check = await peer.ask({ command: 'round', steps: 3, batches: peer.first });
    const difference = Math.max(...losses.map((loss, i) => Math.abs(loss - check.losses[i])));
    if (difference > 1e-4)
      throw new Error(
        `${name}: the first losses differ by ${difference}: ${losses} against ${check.losses}.`,
      );
    say(`${name}: the first three losses agree to ${difference.toExponential(1)}`);
  }

  await ourRound(steps);
  for (const peer of peers) await peer.round(steps);
  const ours = [];
  for (let round = 0; round < rounds; round++) {
    const own = await ourRound(steps);
    ours.push(cost(own.milliseconds, own.tokens, ragged));
    for (const peer of peers) {
      const answer = await peer.round(steps);
      peer.costs.push(cost(answer.milliseconds, answer.realTokens, ragged));
    }
  }
  for (const peer of peers) await peer.quit();
  say(`${name}: compiled in ${compile.toFixed(0)} ms`);
  const unit = ragged ? 'µs/real token' : 'ms/step';
  const row = (label, costs) => ({
    name: label,
    ours: median(ours),
    peer: costs ? median(costs) : null,
    ratio: costs ? median(ours.map((value, i) => value / costs[i])) : null,
    unit,
  });
  const compiled = { name: `${name}: compile`, ours: compile, peer: null, ratio: null, unit: 'ms' };
  if (peers.length === 0) return [row(name), compiled];
  // Where PyTorch is faster without packing, that is what we compare with.
  const fastest = (kind) =>
    peers.filter((peer) => peer.kind === kind).sort((a, b) => median(a.costs) - median(b.costs))[0];
  const rows = [row(name, fastest('random').costs), compiled];
  if (ragged) rows.push(row(`${name}, PyTorch bucketed too`, fastest('bucketed').costs));
  return rows;

  async function startPeers() {
    const parameters = join(folder, 'parameters.safetensors');
    writeFileSync(parameters, peerParameters(trainStep));
    const all = join(folder, 'batches.safetensors');
    writeFileSync(all, peerBatches([...random, ...bucketed]));
    const kinds = ragged
      ? [
          { kind: 'random', packed: true, sameModel: true },
          { kind: 'random', packed: false, sameModel: false },
          { kind: 'bucketed', packed: true, sameModel: true },
          { kind: 'bucketed', packed: false, sameModel: false },
        ]
      : [{ kind: 'random', packed: true, sameModel: true }];
    const started = [];
    for (const { kind, packed, sameModel } of kinds) {
      const peer = startPeer('step.py');
      const config = {
        cell: 'lstm',
        embedding: hidden,
        hidden,
        layers: 1,
        bidirectional: false,
        inputFeeding,
        sourceVocabulary: vocabulary,
        targetVocabulary: vocabulary,
        learningRate,
        clip: 1,
        threads,
        packed,
      };
      await peer.ask({ command: 'setup', config, parameters, batches: all });
      const offset = kind === 'random' ? 0 : random.length;
      let at = 0;
      started.push({
        ...peer,
        kind,
        sameModel,
        costs: [],
        first: [0, 1, 2].map((i) => random.length + i),
        round: (count) => {
          const batches = Array.from({ length: count }, () => offset + (at++ % random.length));
          return peer.ask({ command: 'round', steps: count, batches });
        },
      });
    }
    return started;
  }
}

/** Peak resident memory above the idle process, each side in a fresh process. */
async function memory() {
  const name = 'peak memory, LSTM H256 B64 T20 V8000';
  const script = fileURLToPath(new URL('./memory.mjs', import.meta.url));
  const ours = Number(execFileSync(process.execPath, [script], { encoding: 'utf8' }));
  if (!torch) return { name, ours, peer: null, ratio: null, unit: 'MiB' };
  const pairs = randomPairs({ count: 64 * 4, shortest: 20, longest: 20, vocabulary: 8000 });
  const batches = join(folder, 'batches.safetensors');
  const parameters = join(folder, 'parameters.safetensors');
  writeFileSync(batches, peerBatches(batchesOf(pairs, 64, 'none')));
  writeFileSync(parameters, peerParameters(await createStep(engine, { hidden: 256, vocabulary: 8000 })));
  const peer = startPeer('step.py');
  const config = {
    ...{ cell: 'lstm', embedding: 256, hidden: 256, layers: 1, bidirectional: false, inputFeeding: false },
    ...{ sourceVocabulary: 8000, targetVocabulary: 8000, learningRate, clip: 1, threads },
  };
  await peer.ask({ command: 'setup', config, parameters, batches });
  await peer.ask({ command: 'round', steps: 20, batches: [0, 1, 2, 3] });
  const { mebibytes } = await peer.ask({ command: 'memory' });
  await peer.quit();
  return { name, ours, peer: mebibytes, ratio: ours / mebibytes, unit: 'MiB' };
}
