import type { Engine, HostTensor } from '../engine/engine.js';
import type { Generative } from '../models/generative.js';
import { typedArray, type DType } from '../tensor/dtype.js';
import { StepCaches } from './stepCaches.js';

/** Arrays by name. */
export type HostTensors = Readonly<Record<string, HostTensor>>;

/** What a generation begins with. */
export interface Beginning {
  /** Examples: the rows of the first step. */
  readonly rows: number;
  /** What steps carry: [rows, ...]. */
  readonly state: HostTensors;
  /** What steps read of the source: [examples, ...]. */
  readonly memory: HostTensors;
  readonly caches: Generative['caches'];
  /** Continuations per row that a step reports. */
  readonly candidates: number;
}

/**
 * A generation under way: what its steps carry and read, in arrays that are the engine's for as long as it lasts. Steps
 * read them in place and write their outputs into others of them, so that a step allocates nothing.
 */
export class Generation {
  private position = 0;
  private state: HostTensors;
  private memory: HostTensors;
  private readonly caches: StepCaches;
  private rows: number | undefined;
  /** What steps write anew each time, by output name. */
  private written: HostTensors = {};
  /** Where the next step leaves its state; takes turns with `state`. */
  private next: HostTensors = {};

  constructor(
    private readonly engine: Engine,
    private readonly beginning: Beginning,
  ) {
    this.state = beginning.state;
    this.memory = mapTensors(beginning.memory, (_, tensor) => ({
      ...tensor,
      data: engine.adopt(tensor.data),
    }));
    this.caches = new StepCaches(engine, beginning.caches, beginning.rows);
  }

  /** What the next step reads. `parents` [rows] says which row of the last step each row continues. */
  inputs(parents: Int32Array): HostTensors {
    this.caches.select(parents);
    return {
      ...this.state,
      ...this.memory,
      ...this.caches.feeds(),
      parents: { dtype: 'int32', shape: [parents.length], data: parents },
      position: { dtype: 'int32', shape: [1], data: Int32Array.of(this.position) },
    };
  }

  /** Where the next step, of so many rows, writes its outputs. */
  outputs(rows: number): HostTensors {
    if (rows !== this.rows) {
      this.rows = rows;
      const { caches, candidates } = this.beginning;
      this.written = {
        candidateLogProbabilities: this.array('float32', [rows, candidates]),
        candidateTokens: this.array('int32', [rows, candidates]),
        ...Object.fromEntries(
          Object.entries(caches).map(([name, [heads, size]]) => [
            `appended.${name}`,
            this.array('float32', [rows, heads, 1, size]),
          ]),
        ),
      };
    }
    this.next = mapTensors(this.state, (name, { dtype, shape }) => {
      const known = this.next[name];
      return known?.shape[0] === rows ? known : this.array(dtype, [rows, ...shape.slice(1)]);
    });
    const next = Object.entries(this.next).map(([name, tensor]) => [`next.${name}`, tensor] as const);
    return { ...this.written, ...Object.fromEntries(next) };
  }

  /** Takes over what a step has left in `outputs`. */
  advance(outputs: HostTensors): void {
    const before = this.state;
    this.state = this.next;
    this.next = before;
    this.caches.append(mapTensors(this.beginning.caches, (name) => outputs[`appended.${name}`]!));
    this.position++;
  }

  /** Goes on with some of the examples only, each at its own place or at that of one that is gone. */
  keep(examples: readonly number[]): void {
    this.memory = mapTensors(this.memory, (_, { dtype, shape, data }) => {
      const stride = data.length / shape[0]!;
      examples.forEach((from, to) => {
        if (from !== to) data.copyWithin(to * stride, from * stride, (from + 1) * stride);
      });
      return {
        dtype,
        shape: [examples.length, ...shape.slice(1)],
        data: data.subarray(0, examples.length * stride),
      };
    });
  }

  private array(dtype: DType, shape: readonly number[]): HostTensor {
    const length = shape.reduce((product, size) => product * size, 1);
    return { dtype, shape, data: this.engine.adopt(typedArray(dtype, length)) };
  }
}

function mapTensors<A, B>(
  tensors: Readonly<Record<string, A>>,
  map: (name: string, x: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, map(name, x)]));
}
