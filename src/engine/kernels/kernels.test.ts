import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { randomUniform } from '../../tensor/random.js';
import { startKernelThread } from '../node/kernelThreads.js';
import { CHUNK } from './chunks.js';
import { KERNELS } from './generated.js';
import { SharedMemory } from './memory.js';
import { plainKernels } from './plain.js';
import { createKernels } from './wasm.js';

const shared = new SharedMemory();
const alone = createKernels(shared);
const team = createKernels(shared, 3, startKernelThread);
afterAll(() => team.close());

function filled(length: number, key: number, into: Float32Array): Float32Array {
  for (let i = 0; i < length; i++) into[i] = randomUniform(key, i) - 0.5;
  return into;
}
const shareable = (length: number, key: number) => filled(length, key, shared.allocate('float32', length));

/** Jobs start the helpers but never wait for them. */
async function helpersJoined(): Promise<void> {
  const x = shared.allocate('float32', 8 * CHUNK);
  while (team.helpersReady < 2) {
    team.sumOfSquares(x);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the committed WebAssembly', () => {
  it('is what the source compiles to', async () => {
    const script = new URL('../../../scripts/build-kernels.mjs', import.meta.url).href;
    const { compileKernels } = (await import(script)) as { compileKernels: () => Promise<string> };
    expect(KERNELS).toBe(await compileKernels());
  });
});

describe('SharedMemory', () => {
  it('gives aligned zero-filled arrays that keep their place while the memory grows', () => {
    const memory = new SharedMemory();
    const first = memory.allocate('float32', 3);
    first[2] = 7;
    const second = memory.allocate('int64', 5_000_000);
    expect([first.byteOffset % 64, second.byteOffset % 64, second[4_999_999]]).toEqual([0, 0, 0n]);
    expect(first[2]).toBe(7);
    new Float32Array(memory.memory!.buffer)[first.byteOffset / 4] = 8;
    expect(first[0]).toBe(8);
    expect(memory.owns(first.subarray(1)) && memory.isShared(second)).toBe(true);
    expect(memory.owns(new Float32Array(3))).toBe(false);
  });

  it('gives an ordinary array where the 32-bit memory is full', () => {
    const memory = new SharedMemory();
    memory.memory!.grow(60_000);
    const flags = memory.allocate('bool', 3_900_000_000);
    expect(memory.isShared(flags)).toBe(true);
    const rest = memory.allocate('float32', 200_000_000);
    expect([memory.isShared(rest), memory.owns(rest), rest.length]).toEqual([false, true, 200_000_000]);
  });
});

const lengths = [0, 1, 7, 1003, CHUNK, 5 * CHUNK + 13];
const forms = [
  ['one thread', alone],
  ['three threads', team],
] as const;

describe.each(forms)('WebAssembly kernels on %s equal the plain ones bit for bit', (_, kernels) => {
  it.each(lengths)('sumOfSquares of %i values', async (length) => {
    await helpersJoined();
    const x = shareable(length, 1);
    const sum = kernels.sumOfSquares(x);
    expect(sum).toBe(plainKernels.sumOfSquares(x.slice()));
    expect(sum).toBeCloseTo(length / 12, -2);
  });

  it.each(lengths)('adam over %i values, ten steps', async (length) => {
    await helpersJoined();
    for (const decoupled of [true, false]) {
      const names = ['parameters', 'gradients', 'firstMoment', 'secondMoment'] as const;
      const arrays = Object.fromEntries(names.map((name) => [name, shared.allocate('float32', length)]));
      const wasm = arrays as Record<(typeof names)[number], Float32Array>;
      filled(length, 2, wasm.parameters);
      const plain = Object.fromEntries(names.map((name) => [name, wasm[name].slice()])) as typeof wasm;
      for (let step = 1; step <= (length > CHUNK ? 2 : 10); step++) {
        filled(length, 2 + step, wasm.gradients);
        plain.gradients.set(wasm.gradients);
        const options = { gradientScale: 0.3, learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
        kernels.adam(wasm, { ...options, weightDecay: 0.01, decoupled, step });
        plainKernels.adam(plain, { ...options, weightDecay: 0.01, decoupled, step });
      }
      for (const name of names) expect(sameBits(wasm[name], plain[name])).toBe(true);
    }
  });

  it.each(lengths)('sgd over %i values', async (length) => {
    await helpersJoined();
    for (const [momentum, nesterov] of [[0, false] as const, [0.9, false] as const, [0.9, true] as const]) {
      const wasm = { parameters: shareable(length, 1), gradients: shareable(length, 2) };
      const withMomentum = momentum ? { momentum: shareable(length, 3) } : {};
      const a = { ...wasm, ...withMomentum };
      const b = Object.fromEntries(
        Object.entries(a).map(([name, array]) => [name, array.slice()]),
      ) as typeof a;
      for (let step = 1; step <= 3; step++) {
        const options = {
          gradientScale: 0.5,
          learningRate: 0.1,
          momentum,
          nesterov,
          weightDecay: 0.01,
          step,
        };
        kernels.sgd(a, options);
        plainKernels.sgd(b, options);
      }
      for (const name of Object.keys(a) as (keyof typeof a)[])
        expect(sameBits(a[name]!, b[name]!)).toBe(true);
    }
  });

  it.each(lengths)('blend of %i values', async (length) => {
    await helpersJoined();
    const [target, source] = [shareable(length, 1), shareable(length, 2)];
    const plain = target.slice();
    for (const [keep, add] of [
      [1, 1],
      [0.9, 0.1],
    ] as const) {
      kernels.blend(target, source, keep, add);
      plainKernels.blend(plain, source, keep, add);
    }
    expect(sameBits(target, plain)).toBe(true);
  });

  it.each([
    [0, 5],
    [3, 0],
    [5, 1],
    [3, 7],
    [700, 129],
    [2, 300_000],
  ])('dropoutMask of %i rows of %i', async (rows, width) => {
    await helpersJoined();
    const keys = Int32Array.from({ length: rows }, (_, row) => (row * 0x12345) | 0);
    for (const threshold of [0, 0.5, 1, 0x80000000, 0xfffffff0, 2 ** 32]) {
      const wasm = shareable(rows * width, 1);
      const plain = new Float32Array(rows * width);
      kernels.dropoutMask(wasm, keys, width, threshold, 1.25);
      plainKernels.dropoutMask(plain, keys, width, threshold, 1.25);
      expect(sameBits(wasm, plain)).toBe(true);
    }
  });
});

describe('kernels', () => {
  it('drops the share that the threshold says', () => {
    const out = shared.allocate('float32', 100_000);
    alone.dropoutMask(out, Int32Array.of(42), out.length, 0.25 * 2 ** 32, 4 / 3);
    expect(out.filter((value) => value === 0).length / out.length).toBeCloseTo(0.25, 2);
  });

  it('runs the plain form on arrays from elsewhere', () => {
    expect(alone.sumOfSquares(Float32Array.of(3, 4))).toBe(25);
    const out = new Float32Array(6);
    alone.dropoutMask(out, Int32Array.of(1, 2), 3, 0, 2);
    expect([...out]).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it('refuses arrays of the wrong length', () => {
    const options = {
      gradientScale: 1,
      learningRate: 1,
      momentum: 0,
      nesterov: false,
      weightDecay: 0,
      step: 1,
    };
    const arrays = { parameters: shareable(4, 1), gradients: shareable(3, 1) };
    expect(() => alone.sgd(arrays, options)).toThrow('4 values was given an array of 3');
  });

  it('matches Adam by hand', () => {
    const arrays = {
      parameters: shared.allocate('float32', 1).fill(1),
      gradients: shared.allocate('float32', 1).fill(4),
      firstMoment: shared.allocate('float32', 1),
      secondMoment: shared.allocate('float32', 1),
    };
    const options = { gradientScale: 0.5, learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 0, step: 1 };
    alone.adam(arrays, { ...options, weightDecay: 0.5, decoupled: true });
    // At the first step m̂/√v̂ is the gradient's sign: 1·(1 − 0.1·0.5) − 0.1.
    expect(arrays.parameters[0]).toBeCloseTo(0.85, 6);
    expect(arrays.firstMoment[0]).toBeCloseTo(0.2, 6);
    expect(arrays.secondMoment[0]).toBeCloseTo(0.04, 6);
  });

  it('runs compiled, and helpers do not keep the process alive', async () => {
    const code = `
      import { startKernelThread } from './node/kernelThreads.js';
      import { SharedMemory } from './kernels/memory.js';
      import { createKernels } from './kernels/wasm.js';
      const shared = new SharedMemory();
      const kernels = createKernels(shared, 2, startKernelThread);
      const x = shared.allocate('float32', 1_000_000).fill(1);
      (function wait() {
        const sum = kernels.sumOfSquares(x);
        if (kernels.helpersReady === 0) setTimeout(wait, 5);
        else process.stdout.write(String(sum));
      })();`;
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: fileURLToPath(new URL('..', import.meta.url)), loader: 'ts' },
      bundle: true,
      platform: 'node',
      write: false,
    });
    const output = execFileSync(process.execPath, ['-e', outputFiles[0]!.text], { timeout: 10_000 });
    expect(output.toString()).toBe('1000000');
  });

  it('still works after its helpers have ended', async () => {
    const own = createKernels(shared, 2, startKernelThread);
    const x = shareable(8 * CHUNK, 1);
    const before = own.sumOfSquares(x);
    await own.close();
    expect(own.sumOfSquares(x)).toBe(before);
  });
});

function sameBits(a: Float32Array, b: Float32Array): boolean {
  const bits = (array: Float32Array) => Buffer.from(array.slice().buffer);
  return bits(a).equals(bits(b));
}
