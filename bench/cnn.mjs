// A small convolutional network on images as large as MNIST's, side by side with PyTorch: one case of step.mjs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  adam,
  Conv2d,
  crossEntropy,
  encodeSafetensors,
  input,
  Linear,
  maxPool,
  Module,
  randomBits,
  randomKey,
  randomNormal,
  relu,
  reshape,
  size,
  sum,
  TrainStep,
} from 'heddle/node';
import { median, say, startPeer, threads } from './peer.mjs';

export const cnnName = 'MNIST CNN B64';

const batchSize = 64;
const side = 28;
const classes = 10;
const learningRate = 1e-3;
const steps = 30;

/** conv 1 → 16, relu, pool, conv 16 → 32, relu, pool, linear: 20 490 parameters. */
class Classifier extends Module {
  constructor() {
    super();
    this.first = new Conv2d(1, 16, 3, { padding: 1 });
    this.second = new Conv2d(16, 32, 3, { padding: 1 });
    this.output = new Linear(32 * (side / 4) ** 2, classes);
  }

  traceLoss() {
    const stage = (layer, x) => maxPool(relu(layer.forward(x)), 2);
    const images = input('images', 'float32', ['batch', 1, side, side]);
    const features = stage(this.second, stage(this.first, images));
    const logits = this.output.forward(reshape(features, ['batch', this.output.inputSize]));
    const { loss } = crossEntropy(logits, input('labels', 'int32', ['batch']));
    return { loss: sum(loss), count: size('batch') };
  }
}

/** Images of noise: the work is the same whatever they show. */
function randomBatch(key) {
  const pixels = batchSize * side * side;
  return {
    images: {
      dtype: 'float32',
      shape: [batchSize, 1, side, side],
      data: Float32Array.from({ length: pixels }, (_, i) => randomNormal(randomKey(1, key), i)),
    },
    labels: {
      dtype: 'int32',
      shape: [batchSize],
      data: Int32Array.from({ length: batchSize }, (_, i) => randomBits(randomKey(2, key), i) % classes),
    },
  };
}

/** A row of the benchmark: milliseconds of a whole training step. */
export async function measureCnn({ engine, torch, folder, rounds }) {
  const batches = Array.from({ length: 8 }, (_, i) => randomBatch(i));
  const optimizer = adam({ learningRate });
  const trainStep = await TrainStep.create({ engine, model: new Classifier(), optimizer, seed: 1 });
  const peer = torch ? await openPeer(trainStep, batches, folder) : undefined;
  let step = 0;
  const ourRound = async (count) => {
    const result = { milliseconds: [], losses: [] };
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      const { loss } = await trainStep.run(batches[step % batches.length], ++step, learningRate);
      result.milliseconds.push(performance.now() - start);
      result.losses.push(loss);
    }
    return result;
  };
  const peerRound = (count) => peer.ask({ command: 'round', steps: count });

  // The same weights and batches give the same first losses.
  const { losses } = await ourRound(3);
  if (peer) {
    const check = await peerRound(3);
    const difference = Math.max(...losses.map((loss, i) => Math.abs(loss - check.losses[i])));
    if (!(difference <= 1e-4))
      throw new Error(
        `${cnnName}: the first losses differ by ${difference}: ${losses} against ${check.losses}.`,
      );
    say(`${cnnName}: the first three losses agree to ${difference.toExponential(1)}`);
  }

  const ours = [];
  const theirs = [];
  for (let round = 0; round <= rounds; round++) {
    const own = median((await ourRound(steps)).milliseconds);
    const other = peer && median((await peerRound(steps)).milliseconds);
    // The first round warms both up.
    if (round === 0) continue;
    ours.push(own);
    if (peer) theirs.push(other);
  }
  await peer?.quit();
  return {
    name: cnnName,
    ours: median(ours),
    peer: peer ? median(theirs) : null,
    ratio: peer ? median(ours.map((value, i) => value / theirs[i])) : null,
    unit: 'ms/step',
  };
}

async function openPeer(trainStep, batches, folder) {
  const parameters = join(folder, 'cnn-parameters.safetensors');
  writeFileSync(parameters, encodeSafetensors(trainStep.store.snapshot()));
  const all = join(folder, 'cnn-batches.safetensors');
  const named = batches.flatMap((batch, i) =>
    Object.entries(batch).map(([name, value]) => [`batch${i}.${name}`, value]),
  );
  writeFileSync(all, encodeSafetensors(Object.fromEntries(named)));
  const peer = startPeer('cnn.py');
  await peer.ask({ command: 'setup', config: { learningRate, threads }, parameters, batches: all });
  return peer;
}
