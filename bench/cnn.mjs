// A small convolutional network on images as large as MNIST's, side by side with PyTorch: one case of step.mjs.
import {
  adam,
  Conv2d,
  crossEntropy,
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
import { measureSteps } from './pairedSteps.mjs';

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
export async function measureCnn(sides) {
  const batches = Array.from({ length: 8 }, (_, i) => randomBatch(i));
  const optimizer = adam({ learningRate });
  const trainStep = await TrainStep.create({
    engine: sides.engine,
    model: new Classifier(),
    optimizer,
    seed: 1,
  });
  return measureSteps({ ...sides, name: cnnName, trainStep, batches, script: 'cnn.py', learningRate, steps });
}
