import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DType, TypedArray } from '../../tensor/dtype.js';
import { typedArray } from '../../tensor/dtype.js';
import { UserError } from '../../tensor/errors.js';
import type { Engine, HostTensor } from '../engine.js';
import { createEngine, type ExecutorName } from './createEngine.js';
import { fixtures } from './fixtures.js';
import { cApiSelfTest } from './selfTest.js';

const model = (name: keyof typeof fixtures) => new Uint8Array(Buffer.from(fixtures[name], 'base64'));
function tensor(shape: number[], values: number[], dtype: DType = 'float32'): HostTensor {
  const data: TypedArray = typedArray(dtype, values.length);
  values.forEach((value, i) => (data[i] = dtype === 'int64' ? BigInt(value) : value));
  return { dtype, shape, data };
}
const numbers = (value: HostTensor | undefined) => Array.from(value!.data as Float32Array, Number);
const executors: ExecutorName[] = ['c-api', 'binding'];

describe.each(executors)('the %s executor', (executor) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ executor, threads: 2 });
  });
  afterAll(() => engine.close());

  it('says what it is', () => {
    expect(engine.name).toBe(executor);
    expect(engine.description).toBe(
      `${executor} executor (as asked), ONNX Runtime 1.30.0 on the CPU, 2 threads`,
    );
  });

  it('runs any shape without compiling again', async () => {
    const program = await engine.compile(model('add'));
    expect([program.inputNames, program.outputNames]).toEqual([['x', 'y'], ['z']]);
    for (const shape of [
      [2, 3],
      [1, 1],
      [3, 50],
    ] as [number, number][]) {
      const values = Array.from({ length: shape[0] * shape[1] }, (_, i) => i / 2);
      const { z } = await program.run({ x: tensor(shape, values), y: tensor(shape, values) });
      expect(z).toMatchObject({ dtype: 'float32', shape });
      expect(numbers(z)).toEqual(values.map((value) => 2 * value));
    }
  });

  it('multiplies matrices and gives a scalar', async () => {
    const program = await engine.compile(model('matMul'));
    const { z, s } = await program.run({ x: tensor([2, 2], [1, 2, 3, 4]), y: tensor([2, 1], [5, 6]) });
    expect([z!.shape, numbers(z)]).toEqual([
      [2, 1],
      [17, 39],
    ]);
    expect([s!.shape, numbers(s)]).toEqual([[], [56]]);
  });

  it('takes and gives every dtype', async () => {
    const program = await engine.compile(model('types'));
    const results = await program.run({
      d: tensor([2], [0.1, 1e300], 'float64'),
      i: tensor([2], [-7, 2 ** 30 - 1], 'int32'),
      l: tensor([2], [-1, 2 ** 52], 'int64'),
      b: tensor([2], [0, 1], 'bool'),
    });
    expect(numbers(results.d2)).toEqual([0.2, 2e300]);
    expect(numbers(results.i2)).toEqual([-14, 2 ** 31 - 2]);
    expect(results.l2!.data).toEqual(BigInt64Array.of(-2n, 2n ** 53n));
    expect(results.b2).toMatchObject({ dtype: 'bool', data: Uint8Array.of(1, 0) });
  });

  it('takes scalars and empty values', async () => {
    const program = await engine.compile(model('scalarLength'));
    const some = await program.run({ x: tensor([3], [1, 2, 3]), factor: tensor([], [2]) });
    expect([numbers(some.z), some.length!.data]).toEqual([[2, 4, 6], BigInt64Array.of(3n)]);
    const none = await program.run({ x: tensor([0], []), factor: tensor([], [2]) });
    expect([none.z!.shape, none.z!.data.length, numbers(none.length)]).toEqual([[0], 0, [0]]);
    const z = tensor([0], []);
    expect((await program.run({ x: tensor([0], []), factor: tensor([], [2]) }, { z })).z).toBe(z);
  });

  it('takes int64 indices', async () => {
    const program = await engine.compile(model('gather'));
    const table = tensor([3, 2], [1, 2, 3, 4, 5, 6]);
    const { rows } = await program.run({ table, ids: tensor([2], [2, 0], 'int64') });
    expect(numbers(rows)).toEqual([5, 6, 1, 2]);
  });

  it('writes outputs into given arrays, from the engine or not, and parts of them', async () => {
    const program = await engine.compile(model('matMul'));
    const flat = engine.allocate('float32', 10);
    for (const z of [flat.subarray(4, 8), new Float32Array(4), new Float32Array(100).subarray(96)]) {
      const x = engine.allocate('float32', 4);
      x.set([1, 2, 3, 4]);
      const target: HostTensor = { dtype: 'float32', shape: [2, 2], data: z };
      for (const factor of [1, 3]) {
        const y = tensor([2, 2], [factor, 0, 0, factor]);
        const results = await program.run(
          { x: { dtype: 'float32', shape: [2, 2], data: x }, y },
          { z: target },
        );
        expect(results.z).toBe(target);
        expect([...z]).toEqual([1, 2, 3, 4].map((value) => value * factor));
        expect(numbers(results.s)).toEqual([10 * factor]);
      }
    }
    expect([...flat]).toEqual([0, 0, 0, 0, 3, 6, 9, 12, 0, 0]);
  });

  it('sees what changes in adopted arrays between runs, and parts of them', async () => {
    const program = await engine.compile(model('add'));
    const memory = engine.adopt(new Float32Array(12));
    const part = (start: number): HostTensor => ({
      dtype: 'float32',
      shape: [2, 2],
      data: memory.subarray(start, start + 4),
    });
    const [x, y, z] = [part(0), part(4), part(8)];
    for (const value of [1, 2]) {
      memory.fill(value, 0, 8);
      expect((await program.run({ x, y }, { z }))['z']).toBe(z);
      expect(numbers(z)).toEqual(new Array(4).fill(2 * value));
    }
  });

  it('keeps one array apart under several shapes', async () => {
    const program = await engine.compile(model('matMul'));
    const data = engine.allocate('float32', 6).fill(1);
    for (const [n, k] of [
      [1, 6],
      [2, 3],
      [3, 2],
      [6, 1],
      [1, 6],
      [2, 3],
    ] as [number, number][]) {
      const y = tensor([k, 1], new Array<number>(k).fill(1));
      const { z } = await program.run({ x: { dtype: 'float32', shape: [n, k], data }, y });
      expect(numbers(z)).toEqual(new Array(n).fill(k));
    }
  });

  it('fails with the reason, and works afterwards', async () => {
    await expect(engine.compile(Uint8Array.of(1, 2, 3))).rejects.toThrow(/protobuf/i);
    await expect(engine.compile(new Uint8Array(0))).rejects.toThrow();
    const program = await engine.compile(model('matMul'));
    const [x, y] = [tensor([2, 2], [1, 2, 3, 4]), tensor([3, 1], [1, 2, 3])];
    await expect(program.run({ x, y })).rejects.toThrow(/MatMul|dimension/);
    await expect(program.run({ x })).rejects.toThrow("not given its input 'y'");
    await expect(program.run({ x, y: tensor([2, 1], [1, 2], 'int32') })).rejects.toThrow(
      "'y' is float32 in the graph but was given int32",
    );
    await expect(program.run({ x, y: tensor([9, 1], [1, 2]) })).rejects.toThrow('shape [9, 1] but 2 values');
    const good = { x, y: tensor([2, 1], [1, 1]) };
    await expect(program.run(good, { z: tensor([1, 1], [0]) })).rejects.toThrow(/shape/);
    await expect(program.run(good, { q: tensor([1, 1], [0]) })).rejects.toThrow("no output 'q'");
    await expect(program.run(good, { z: tensor([2, 1], [0, 0], 'float64') })).rejects.toThrow(
      'was given float64',
    );
    expect(numbers((await program.run(good)).z)).toEqual([3, 7]);
  });

  it('queues runs that are started together', async () => {
    const program = await engine.compile(model('add'));
    const runs = Array.from({ length: 20 }, (_, i) =>
      program.run({ x: tensor([1, 1], [i]), y: tensor([1, 1], [i]) }),
    );
    expect((await Promise.all(runs)).map(({ z }) => numbers(z)[0])).toEqual(runs.map((_, i) => 2 * i));
  });

  it('refuses to run and to compile once it is closed', async () => {
    const own = await createEngine({ executor, threads: 1 });
    const program = await own.compile(model('add'));
    const x = tensor([1, 1], [1]);
    const last = program.run({ x, y: x });
    await own.close();
    expect(numbers((await last).z)).toEqual([2]);
    await expect(program.run({ x, y: x })).rejects.toThrow('has been closed');
    await expect(own.compile(model('add'))).rejects.toThrow(
      new UserError('The engine has been closed. Create another one to compile with.'),
    );
  });

  it('compiles the same bytes once', async () => {
    const program = await engine.compile(model('add'));
    expect(await engine.compile(model('add'))).toBe(program);
    expect(await engine.compile(model('add'), { threads: 1 })).not.toBe(program);
  });

  it('keeps its memory over 2000 runs with fresh arrays', async () => {
    const program = await engine.compile(model('add'));
    const y = engine.allocate('float32', 25_000);
    const run = async (times: number) => {
      for (let i = 0; i < times; i++) {
        const x: HostTensor = { dtype: 'float32', shape: [100, 250], data: new Float32Array(25_000).fill(i) };
        const { z } = await program.run({ x, y: { dtype: 'float32', shape: [100, 250], data: y } });
        if (z!.data[24_999] !== i) throw new Error('wrong sum');
      }
    };
    await run(500);
    const before = process.memoryUsage().rss;
    await run(2000);
    // 2000 leaked outputs would be 200 MB.
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(60);
  });
});

describe('the c-api executor', () => {
  it('leaves the event loop alive during a run', async () => {
    const engine = await createEngine({ executor: 'c-api', threads: 1 });
    const program = await engine.compile(model('slow'));
    const size = 200;
    const square = tensor([size, size], new Array<number>(size * size).fill(0.001));
    const feeds = { state: square, w: square, steps: tensor([], [500], 'int64') };
    let ticks = 0;
    const timer = setInterval(() => ticks++, 2);
    await program.run(feeds);
    clearInterval(timer);
    await engine.close();
    expect(ticks).toBeGreaterThan(3);
  });

  it('writes into memory that grows meanwhile', async () => {
    const engine = await createEngine({ executor: 'c-api', threads: 1 });
    const program = await engine.compile(model('add'));
    const [x, z] = [engine.allocate('float32', 4).fill(1), engine.allocate('float32', 4)];
    const at = (data: Float32Array): HostTensor => ({ dtype: 'float32', shape: [2, 2], data });
    const running = program.run({ x: at(x), y: at(x) }, { z: at(z) });
    engine.allocate('float64', 10_000_000);
    await running;
    expect([...z]).toEqual([2, 2, 2, 2]);
    expect(engine.kernels.sumOfSquares(z)).toBe(16);
    await engine.close();
  });
});

describe('choosing the executor', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('follows HEDDLE_ENGINE and HEDDLE_THREADS', async () => {
    vi.stubEnv('HEDDLE_ENGINE', 'binding');
    vi.stubEnv('HEDDLE_THREADS', '1');
    const engine = await createEngine();
    expect(engine.description).toBe('binding executor (as asked), ONNX Runtime 1.30.0 on the CPU, 1 thread');
    await engine.close();
  });

  it('takes the C API once its self-test has passed', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'heddle-cache-'));
    for (const name of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) vi.stubEnv(name, cache);
    vi.stubEnv('HEDDLE_ENGINE', '');
    const engine = await createEngine({ threads: 2 });
    expect(engine.description).toBe(
      'c-api executor (self-test passed), ONNX Runtime 1.30.0 on the CPU, 2 threads',
    );
    await engine.close();
    rmSync(cache, { recursive: true });
  });

  it('refuses values that they cannot have', async () => {
    vi.stubEnv('HEDDLE_ENGINE', 'capi');
    await expect(createEngine()).rejects.toThrow(UserError);
    vi.stubEnv('HEDDLE_ENGINE', '');
    vi.stubEnv('HEDDLE_THREADS', '0');
    await expect(createEngine()).rejects.toThrow("HEDDLE_THREADS is '0'");
  });
});

describe('the self-test', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-self-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let files = 0;
  const cacheFile = () => join(folder, 'deep', `${files++}.json`);

  it('passes here, and is remembered', async () => {
    const file = cacheFile();
    const passed = { passed: true, reason: 'self-test passed' };
    expect(await cApiSelfTest({ cacheFile: file })).toEqual(passed);
    const cache = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { time: number; reason: string }>;
    const [key] = Object.keys(cache) as [string];
    expect(key).toContain(`node ${process.version} koffi 3.3.4 onnxruntime 1.30.0`);
    writeFileSync(file, JSON.stringify({ [key]: { ...cache[key], reason: 'remembered' } }));
    expect(await cApiSelfTest({ cacheFile: file })).toMatchObject({ passed: true, reason: 'remembered' });
  });

  it.each([
    ['throws', 'throw new TypeError("no such thing")', 'self-test failed: TypeError: no such thing'],
    ['crashes', 'process.kill(process.pid, "SIGSEGV"); setTimeout(() => 0, 5000)', /ended by SIGSEGV/],
    ['hangs', 'for (;;);', /no answer within 0.4 s/],
    ['ends early', 'process.exit(0)', /it ended early/],
  ])('fails when the child %s', async (_, script, reason) => {
    const timeoutMs = script.startsWith('for') ? 400 : 20_000;
    const result = await cApiSelfTest({ cacheFile: cacheFile(), script, timeoutMs });
    expect(result.passed).toBe(false);
    expect(result.reason).toMatch(reason);
  });

  it('tests again when the cache cannot be read or written', async () => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{');
    expect((await cApiSelfTest({ cacheFile: file })).passed).toBe(true);
    expect((await cApiSelfTest({ cacheFile: join(file, 'below-a-file.json') })).passed).toBe(true);
  });
});
