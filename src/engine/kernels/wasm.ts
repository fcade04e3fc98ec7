import type { Kernels } from '../engine.js';
import { CHUNK } from './chunks.js';
import { Crew, type StartHelper } from './crew.js';
import { KERNELS } from './generated.js';
import { CONTROL_BYTES, type SharedMemory } from './memory.js';
import { adamFactors, momentumOf, plainKernels } from './plain.js';

/** Values of a dropout mask that a thread takes at a time; a whole number of rows. */
const MASK_CHUNK = 16384;

/** Kernels and what ends their helper threads. */
export interface RunningKernels extends Kernels {
  /** How many helper threads have joined so far; they start with the first large job. */
  readonly helpersReady: number;
  close(): Promise<void>;
}

/**
 * The kernels in WebAssembly SIMD over `shared`, on `threads` threads where `startHelper` can start them. Arrays that
 * did not come from `shared` are updated by the plain kernels: the same bits, only slower.
 */
export function createKernels(shared: SharedMemory, threads = 1, startHelper?: StartHelper): RunningKernels {
  const { memory } = shared;
  if (!memory) return { ...plainKernels, helpersReady: 0, close: () => Promise.resolve() };
  const bytes = Uint8Array.from(atob(KERNELS), (character) => character.charCodeAt(0));
  const crew = new Crew(new WebAssembly.Module(bytes), memory, threads, startHelper);
  const inPlace = (...arrays: (ArrayBufferView | undefined)[]) =>
    arrays.every((array) => !array || shared.isShared(array));
  let keyScratch: Int32Array = new Int32Array(0);

  return {
    sumOfSquares(x) {
      if (!inPlace(x)) return plainKernels.sumOfSquares(x);
      const chunks = Math.ceil(x.length / CHUNK);
      crew.run('sumOfSquares', chunks, [x.byteOffset, x.length, CONTROL_BYTES]);
      return new Float64Array(memory.buffer, CONTROL_BYTES, chunks).reduce((sum, part) => sum + part, 0);
    },

    adam(arrays, options) {
      const { parameters, gradients, firstMoment, secondMoment } = arrays;
      if (!inPlace(parameters, gradients, firstMoment, secondMoment))
        return plainKernels.adam(arrays, options);
      checkLengths(parameters, gradients, firstMoment, secondMoment);
      const factors = adamFactors(options);
      crew.run('adam', Math.ceil(parameters.length / CHUNK), [
        parameters.length,
        ...[parameters, gradients, firstMoment, secondMoment].map((array) => array.byteOffset),
        ...[factors.gradientScale, factors.l2, factors.keep, factors.beta1, factors.rest1],
        ...[factors.beta2, factors.rest2, factors.stepSize, factors.rootScale, factors.epsilon],
      ]);
    },

    sgd(arrays, options) {
      const { parameters, gradients, momentum } = arrays;
      if (!inPlace(parameters, gradients, momentum)) return plainKernels.sgd(arrays, options);
      checkLengths(parameters, gradients);
      const chunks = Math.ceil(parameters.length / CHUNK);
      const common = [options.gradientScale, options.weightDecay, options.learningRate];
      const places = [parameters.length, parameters.byteOffset, gradients.byteOffset];
      if (!(options.momentum > 0)) return crew.run('sgd', chunks, [...places, ...common]);
      const buffer = momentumOf(momentum);
      checkLengths(parameters, buffer);
      crew.run('sgdMomentum', chunks, [
        ...places,
        buffer.byteOffset,
        ...common,
        options.momentum,
        options.nesterov ? 1 : 0,
        options.step === 1 ? 1 : 0,
      ]);
    },

    blend(target, source, keep, add) {
      if (!inPlace(target, source)) return plainKernels.blend(target, source, keep, add);
      checkLengths(target, source);
      const chunks = Math.ceil(target.length / CHUNK);
      crew.run('blend', chunks, [target.length, target.byteOffset, source.byteOffset, keep, add]);
    },

    dropoutMask(out, rowKeys, width, threshold, scale) {
      const rows = rowKeys.length;
      if (out.length < rows * width) throw new Error('The dropout mask is smaller than its rows.');
      // Bits are whole numbers: at least 0.5 is at least 1, and nothing reaches 2³².
      const least = Math.max(0, Math.ceil(threshold));
      if (least > 0xffffffff) return void out.fill(0, 0, rows * width);
      if (!inPlace(out)) return plainKernels.dropoutMask(out, rowKeys, width, threshold, scale);
      let keys = rowKeys;
      if (!inPlace(rowKeys)) {
        if (keyScratch.length < rows) keyScratch = shared.allocate('int32', 2 * rows);
        if (!inPlace(keyScratch)) return plainKernels.dropoutMask(out, rowKeys, width, threshold, scale);
        keyScratch.set(rowKeys);
        keys = keyScratch;
      }
      const rowsPerChunk = Math.max(1, Math.ceil(MASK_CHUNK / Math.max(1, width)));
      crew.run('dropoutMask', Math.ceil(rows / rowsPerChunk), [
        ...[rowsPerChunk, rows, width, out.byteOffset, keys.byteOffset, least, scale],
      ]);
    },

    get helpersReady() {
      return crew.helpersReady;
    },
    close: () => crew.close(),
  };
}

function checkLengths(parameters: Float32Array, ...others: Float32Array[]): void {
  for (const other of others) {
    if (other.length < parameters.length) {
      throw new Error(`An update of ${parameters.length} values was given an array of ${other.length}.`);
    }
  }
}
