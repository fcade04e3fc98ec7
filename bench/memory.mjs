// Prints the peak resident memory, in MiB above the idle process, of 20 training steps (Linux: /proc).
import { readFileSync, writeFileSync } from 'node:fs';
import { createEngine } from 'heddle/node';
import { batchesOf, createStep, learningRate, randomPairs } from './workload.mjs';

const status = (field) =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;

const engine = await createEngine({ threads: 2 });
const idle = status('VmRSS');
// "reset the peak resident set size", proc(5)
writeFileSync('/proc/self/clear_refs', '5');
const batches = batchesOf(
  randomPairs({ count: 64 * 4, shortest: 20, longest: 20, vocabulary: 8000 }),
  64,
  'none',
);
const trainStep = await createStep(engine, { hidden: 256, vocabulary: 8000 });
for (let step = 1; step <= 20; step++)
  await trainStep.run(batches[step % batches.length], step, learningRate);
console.log(status('VmHWM') - idle);
await engine.close();
process.exit(0);
