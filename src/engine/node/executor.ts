import type { TypedArray } from '../../tensor/dtype.js';
import type { Program } from '../engine.js';

/** One way of running graphs. */
export interface Executor {
  readonly name: 'c-api' | 'binding';
  /** The runtime's version. */
  readonly version: string;
  /** Compiles a model; `release` frees it, after the runs under way. */
  compile(model: Uint8Array, threads: number): Promise<ExecutorProgram>;
}

export interface ExecutorProgram extends Program {
  release(): Promise<void>;
}

/** Tells which arrays come again and again: those of the engine, and those that it has adopted. */
export type IsPermanent = (array: TypedArray) => boolean;

/**
 * Runs tasks one after another in the order of the calls: a program's runs share its argument block, and two at
 * once would only fight over the cores. With none under way a task begins within the call, so that what the caller does
 * next is done beside it. After `close` there are no more: a freed session would end the process.
 */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();
  /** Tasks that have not ended. */
  private waiting = 0;
  private closed = false;

  add<T>(task: () => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(new Error('The engine of this program has been closed.'));
    const result = this.waiting === 0 ? task() : this.last.then(task);
    this.waiting++;
    const end = () => {
      this.waiting--;
    };
    this.last = result.then(end, end);
    return result;
  }

  close(release: () => Promise<void>): Promise<void> {
    const result = this.add(release);
    this.closed = true;
    return result;
  }
}

/**
 * Session settings of both executors, by their keys in onnxruntime_session_options_config_keys.h.
 */
export const sessionSettings: Readonly<Record<string, string>> = {
  // Idle threads spin for a while after a run and would take a core from the optimiser's update: on two cores Adam
  // over 1.5 million values took 6.3 ms beside them and 3.3 ms without.
  'session.force_spinning_stop': '1',
};
