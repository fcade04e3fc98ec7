// What gradient checkpointing saves and costs in a Transformer's training step (d512, batch 8, 128 tokens a side,
// vocabulary 8,000): peak memory above that of a step on one token, each in a fresh process (Linux: /proc), and time in
// alternating rounds: node bench/checkpointing.mjs [--rounds N] [--json]
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  adam,
  chain,
  clipByGlobalNorm,
  createEngine,
  LanguageModel,
  Seq2Seq,
  TrainStep,
  TransformerDecoder,
  TransformerEncoder,
} from 'heddle/node';
import { median } from './peer.mjs';
import { batchesOf, learningRate, randomPairs } from './workload.mjs';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, rounds: { type: 'string', default: '9' } },
});
const vocabulary = 8000;
const shared = { vocabularySize: vocabulary, size: 512, heads: 8, layers: 6 };
const models = {
  'language model, 6 blocks': (gradientCheckpointing) =>
    new LanguageModel({ ...shared, gradientCheckpointing }),
  'encoder–decoder, 6 + 6 blocks': (gradientCheckpointing) =>
    new Seq2Seq({
      encoder: new TransformerEncoder({ ...shared, gradientCheckpointing }),
      decoder: new TransformerDecoder({ ...shared, gradientCheckpointing }),
    }),
};
const batchOf = (count, length) =>
  batchesOf(randomPairs({ count, shortest: length, longest: length, vocabulary }), count, 'none')[0];

if (positionals.length > 0) await measureMemory(positionals[0], positionals[1] === 'true');
else await main();

async function createStep(engine, name, checkpointing) {
  const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate }));
  return TrainStep.create({ engine, model: models[name](checkpointing), optimizer, seed: 1 });
}

/** In a process of its own: prints the peak in MiB. */
async function measureMemory(name, checkpointing) {
  const status = (field) =>
    Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  const engine = await createEngine({ threads: 2 });
  const trainStep = await createStep(engine, name, checkpointing);
  // Parameters, gradients and moments are then in memory, and hardly any activations.
  await trainStep.run(batchOf(1, 1), 1, learningRate);
  const before = status('VmRSS');
  // "reset the peak resident set size", proc(5)
  writeFileSync('/proc/self/clear_refs', '5');
  for (let step = 2; step <= 4; step++) await trainStep.run(batchOf(8, 128), step, learningRate);
  console.log(status('VmHWM') - before);
  process.exit(0);
}

async function measureTime(engine, name) {
  const sides = [];
  for (const checkpointing of [true, false]) {
    const trainStep = await createStep(engine, name, checkpointing);
    sides.push({ trainStep, step: 0, milliseconds: [] });
  }
  const batch = batchOf(8, 128);
  for (let round = -1; round < Number(flags.rounds); round++)
    for (const side of sides) {
      const start = performance.now();
      await side.trainStep.run(batch, ++side.step, learningRate);
      if (round >= 0) side.milliseconds.push(performance.now() - start);
    }
  const [with_, without] = sides.map(({ milliseconds }) => milliseconds);
  return {
    with_: median(with_),
    without: median(without),
    ratio: median(with_.map((t, i) => t / without[i])),
  };
}

async function main() {
  const engine = await createEngine({ threads: 2 });
  const results = [];
  for (const name of Object.keys(models)) {
    const [with_, without] = [true, false].map((checkpointing) =>
      Number(
        execFileSync(process.execPath, [fileURLToPath(import.meta.url), name, String(checkpointing)], {
          encoding: 'utf8',
        }),
      ),
    );
    const memory = { name: `${name}: activations`, with_, without, ratio: with_ / without, unit: 'MiB' };
    const time = { name: `${name}: step`, ...(await measureTime(engine, name)), unit: 'ms' };
    results.push(memory, time);
  }
  await engine.close();
  if (flags.json) console.log(JSON.stringify(results, null, 2));
  else
    for (const { name, with_, without, ratio, unit } of results)
      console.log(
        `${name.padEnd(44)} ${with_.toFixed(0).padStart(6)} with, ${without.toFixed(0).padStart(6)} ${unit} without: ${ratio.toFixed(2)}`,
      );
}
