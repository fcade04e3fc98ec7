import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { UserError } from '../../tensor/errors.js';
import type { Engine, Program } from '../engine.js';
import { SharedMemory } from '../kernels/memory.js';
import { createKernels } from '../kernels/wasm.js';
import { createBindingExecutor } from './binding.js';
import { createCApiExecutor } from './cApi.js';
import type { Executor, ExecutorProgram, IsPermanent } from './executor.js';
import { startKernelThread } from './kernelThreads.js';
import { cApiSelfTest } from './selfTest.js';

export type ExecutorName = 'c-api' | 'binding';

export interface EngineOptions {
  /** Default: HEDDLE_ENGINE, else the C API where its self-test passes and the binding elsewhere. */
  executor?: ExecutorName;
  /** Threads of a program and of the kernels. Default: HEDDLE_THREADS, else the cores, at most 8. */
  threads?: number;
}

/** More threads than this do not pay at the sizes that train on a CPU. */
const MOST_DEFAULT_THREADS = 8;

/**
 * The engine of this process's world: ONNX Runtime on the CPU.
 * @throws UserError when HEDDLE_ENGINE or HEDDLE_THREADS has a value that it cannot have.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const threads = options.threads ?? defaultThreads();
  const wanted = options.executor ?? executorFromEnvironment();
  const shared = new SharedMemory();
  const adopted = new WeakSet<ArrayBufferLike>();
  const isPermanent: IsPermanent = (array) => shared.owns(array) || adopted.has(array.buffer);
  const { executor, reason } = await chooseExecutor(wanted, isPermanent);
  const kernels = createKernels(shared, threads, startKernelThread);
  const programs = new Map<string, Promise<ExecutorProgram>>();
  let closed = false;
  return {
    name: executor.name,
    description:
      `${executor.name} executor (${reason}), ONNX Runtime ${executor.version} on the CPU, ` +
      `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    compile(model, { threads: ownThreads = threads } = {}): Promise<Program> {
      if (closed)
        return Promise.reject(
          new UserError('The engine has been closed. Create another one to compile with.'),
        );
      const key = `${createHash('sha256').update(model).digest('hex')} ${ownThreads}`;
      const known = programs.get(key);
      if (known) return known;
      const program = executor.compile(model, ownThreads);
      programs.set(key, program);
      program.catch(() => programs.delete(key));
      return program;
    },
    allocate: (dtype, length) => shared.allocate(dtype, length),
    adopt(array) {
      adopted.add(array.buffer);
      return array;
    },
    kernels,
    async close() {
      closed = true;
      const compiled = await Promise.allSettled(programs.values());
      programs.clear();
      for (const program of compiled) if (program.status === 'fulfilled') await program.value.release();
      await kernels.close();
    },
  };
}

async function chooseExecutor(
  wanted: ExecutorName | undefined,
  isPermanent: IsPermanent,
): Promise<{ executor: Executor; reason: string }> {
  const cApi = () => createCApiExecutor(isPermanent);
  if (wanted === 'binding') return { executor: await createBindingExecutor(), reason: 'as asked' };
  if (wanted === 'c-api') return { executor: await cApi(), reason: 'as asked' };
  const test = await cApiSelfTest();
  if (test.passed) return { executor: await cApi(), reason: test.reason };
  return { executor: await createBindingExecutor(), reason: `C API not used: ${test.reason}` };
}

function executorFromEnvironment(): ExecutorName | undefined {
  const value = process.env.HEDDLE_ENGINE;
  if (!value) return undefined;
  if (value === 'c-api' || value === 'binding') return value;
  throw new UserError(`HEDDLE_ENGINE is '${value}'; it can be 'c-api' or 'binding', or not be set.`);
}

/**
 * Threads of an engine that is given no number: HEDDLE_THREADS, else the cores, at most 8.
 * @throws UserError when HEDDLE_THREADS is no whole number.
 */
export function defaultThreads(): number {
  const value = process.env.HEDDLE_THREADS;
  if (!value) return Math.min(availableParallelism(), MOST_DEFAULT_THREADS);
  const threads = Number(value);
  if (Number.isInteger(threads) && threads >= 1) return threads;
  throw new UserError(`HEDDLE_THREADS is '${value}'; it must be a whole number from 1.`);
}
