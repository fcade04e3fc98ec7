import { CONTROL_BYTES } from './memory.js';

/** Ends one helper thread. */
export interface Helper {
  terminate(): unknown;
}

/** Starts a thread that runs `code`, a plain script that finds `data` as `helperData`, and keeps no process alive. */
export type StartHelper = (
  code: string,
  data: { module: WebAssembly.Module; memory: WebAssembly.Memory },
) => Helper;

/** The functions of the compiled kernels: each does one chunk of a job. */
export const kernelNames = ['sumOfSquares', 'adam', 'sgd', 'sgdMomentum', 'blend', 'dropoutMask'] as const;
export type KernelName = (typeof kernelNames)[number];

/** Places in the control block, counted in 32-bit integers. */
const SEQUENCE = 0;
const OPEN = 1;
const ACTIVE = 2;
const NEXT = 3;
const COUNT = 4;
const KERNEL = 5;
const READY = 6;
const ARGUMENT_COUNT = 7;
const ARGUMENTS_BYTE = 64;
const MOST_ARGUMENTS = (CONTROL_BYTES - ARGUMENTS_BYTE) / 8;
/** Waking a helper takes about as long as this many chunks (some 50 µs each). */
const FEWEST_CHUNKS = 4;

/**
 * A helper's life: sleep until a job is announced, enter it if it is still open, take chunks until none is left, leave.
 * A job's fields are written before it is opened and not again before it is closed and everybody has left.
 */
const helperCode = `
const { module, memory } = helperData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
const kernels = ${JSON.stringify(kernelNames)}.map((name) => exports[name]);
const control = new Int32Array(memory.buffer, 0, ${ARGUMENTS_BYTE / 4});
const slots = new Float64Array(memory.buffer, ${ARGUMENTS_BYTE}, ${MOST_ARGUMENTS});
Atomics.add(control, ${READY}, 1);
for (let sequence = 0; ; ) {
  Atomics.wait(control, ${SEQUENCE}, sequence);
  sequence = Atomics.load(control, ${SEQUENCE});
  Atomics.add(control, ${ACTIVE}, 1);
  if (Atomics.load(control, ${OPEN}) === 1) {
    const kernel = kernels[control[${KERNEL}]];
    const values = Array.from(slots.subarray(0, control[${ARGUMENT_COUNT}]));
    const count = control[${COUNT}];
    let chunk;
    while ((chunk = Atomics.add(control, ${NEXT}, 1)) < count) kernel(chunk, ...values);
  }
  Atomics.sub(control, ${ACTIVE}, 1);
  Atomics.notify(control, ${ACTIVE});
}
`;

/** The calling thread and its helpers, who share the chunks of a job out among themselves. */
export class Crew {
  private readonly kernels: Record<KernelName, (chunk: number, ...values: number[]) => void>;
  private readonly control: Int32Array;
  private readonly slots: Float64Array;
  private readonly helpers: Helper[] = [];
  private readonly startHelpers: () => void;

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, threads: number, start?: StartHelper) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.kernels = exports as unknown as Crew['kernels'];
    this.control = new Int32Array(memory.buffer, 0, ARGUMENTS_BYTE / 4);
    this.slots = new Float64Array(memory.buffer, ARGUMENTS_BYTE, MOST_ARGUMENTS);
    let started = !start;
    this.startHelpers = () => {
      if (started) return;
      started = true;
      for (let i = 1; i < threads; i++) this.helpers.push(start!(helperCode, { module, memory }));
    };
  }

  /** Does every chunk in 0 … count−1 of a job once, and returns when all are done. */
  run(name: KernelName, count: number, values: readonly number[]): void {
    const kernel = this.kernels[name];
    // Helpers are started by the first job worth sharing and join once they are there; nobody waits for them.
    if (count >= FEWEST_CHUNKS) this.startHelpers();
    if (count < FEWEST_CHUNKS || this.helpers.length === 0 || this.helpersReady === 0) {
      for (let chunk = 0; chunk < count; chunk++) kernel(chunk, ...values);
      return;
    }
    const { control } = this;
    this.slots.set(values);
    control[ARGUMENT_COUNT] = values.length;
    control[KERNEL] = kernelNames.indexOf(name);
    control[COUNT] = count;
    Atomics.store(control, NEXT, 0);
    Atomics.store(control, OPEN, 1);
    Atomics.add(control, SEQUENCE, 1);
    Atomics.notify(control, SEQUENCE);
    let chunk;
    while ((chunk = Atomics.add(control, NEXT, 1)) < count) kernel(chunk, ...values);
    Atomics.store(control, OPEN, 0);
    let active;
    while ((active = Atomics.load(control, ACTIVE)) > 0) Atomics.wait(control, ACTIVE, active);
  }

  /** How many helpers have joined. */
  get helpersReady(): number {
    return Atomics.load(this.control, READY);
  }

  /** Ends the helpers; jobs are done by the calling thread alone from then on. */
  async close(): Promise<void> {
    Atomics.store(this.control, READY, 0);
    await Promise.all(this.helpers.splice(0).map((helper) => helper.terminate()));
  }
}
