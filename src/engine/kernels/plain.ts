import { randomBits } from '../../tensor/random.js';
import type { Kernels } from '../engine.js';
import { CHUNK } from './chunks.js';

const { fround } = Math;

/**
 * The kernels in plain JavaScript: the reference for the WebAssembly ones (the same bits: every intermediate value is
 * rounded to float32 where they round) and the form that runs on arrays outside WebAssembly memory.
 */
export const plainKernels: Kernels = {
  sumOfSquares(x) {
    let total = 0;
    for (let start = 0; start < x.length; start += CHUNK) {
      const end = Math.min(start + CHUNK, x.length);
      total += blockSumOfSquares(x, start, end);
    }
    return total;
  },

  adam({ parameters, gradients, firstMoment, secondMoment }, options) {
    const { gradientScale, l2, keep, beta1, rest1, beta2, rest2, stepSize, rootScale, epsilon } =
      adamFactors(options);
    for (let i = 0; i < parameters.length; i++) {
      const p = parameters[i]!;
      const g = fround(fround(gradients[i]! * gradientScale) + fround(p * l2));
      const m = fround(fround(firstMoment[i]! * beta1) + fround(g * rest1));
      const v = fround(fround(secondMoment[i]! * beta2) + fround(fround(g * g) * rest2));
      firstMoment[i] = m;
      secondMoment[i] = v;
      const root = fround(fround(fround(Math.sqrt(v)) * rootScale) + epsilon);
      parameters[i] = fround(p * keep) - fround(fround(m * stepSize) / root);
    }
  },

  sgd({ parameters, gradients, momentum: buffer }, options) {
    const { nesterov, step } = options;
    const scale = fround(options.gradientScale);
    const decay = fround(options.weightDecay);
    const rate = fround(options.learningRate);
    const momentum = fround(options.momentum);
    for (let i = 0; i < parameters.length; i++) {
      const p = parameters[i]!;
      const d = fround(fround(gradients[i]! * scale) + fround(p * decay));
      let update = d;
      if (options.momentum > 0) {
        const kept = step === 1 ? d : fround(fround(momentumOf(buffer)[i]! * momentum) + d);
        momentumOf(buffer)[i] = kept;
        update = nesterov ? fround(d + fround(kept * momentum)) : kept;
      }
      parameters[i] = p - fround(update * rate);
    }
  },

  blend(target, source, keep, add) {
    const [kept, added] = [fround(keep), fround(add)];
    for (let i = 0; i < target.length; i++)
      target[i] = fround(target[i]! * kept) + fround(source[i]! * added);
  },

  dropoutMask(out, rowKeys, width, threshold, scale) {
    for (let row = 0; row < rowKeys.length; row++) {
      for (let j = 0; j < width; j++) {
        out[row * width + j] = randomBits(rowKeys[row]!, j) >= threshold ? scale : 0;
      }
    }
  },
};

/** Eight interleaved sums, added in the order in which the SIMD lanes are; then what is left over. */
function blockSumOfSquares(x: Float32Array, start: number, end: number): number {
  const sums = [0, 0, 0, 0, 0, 0, 0, 0];
  const wholeEnd = start + Math.floor((end - start) / 8) * 8;
  for (let i = start; i < wholeEnd; i++) sums[(i - start) % 8]! += x[i]! * x[i]!;
  const even = sums[0]! + sums[2]! + (sums[4]! + sums[6]!);
  const odd = sums[1]! + sums[3]! + (sums[5]! + sums[7]!);
  let sum = even + odd;
  for (let i = wholeEnd; i < end; i++) sum += x[i]! * x[i]!;
  return sum;
}

/** The momentum array of an SGD update that needs one. */
export function momentumOf(buffer: Float32Array | undefined): Float32Array {
  if (!buffer) throw new Error('SGD with momentum needs a momentum array.');
  return buffer;
}

/** What an Adam update multiplies by, computed in float64 and rounded once. */
export function adamFactors(options: Parameters<Kernels['adam']>[1]) {
  const { learningRate, beta1, beta2, weightDecay, decoupled, step } = options;
  return {
    gradientScale: fround(options.gradientScale),
    l2: fround(decoupled ? 0 : weightDecay),
    keep: fround(decoupled ? 1 - learningRate * weightDecay : 1),
    beta1: fround(beta1),
    rest1: fround(1 - beta1),
    beta2: fround(beta2),
    rest2: fround(1 - beta2),
    stepSize: fround(learningRate / (1 - beta1 ** step)),
    rootScale: fround(1 / Math.sqrt(1 - beta2 ** step)),
    epsilon: fround(options.epsilon),
  };
}
