import type { HostTensor } from '../engine/engine.js';

/** Places by which a cache grows: attention reads all of them, used or not, and growing copies. */
const BLOCK = 64;

/**
 * The keys and values of all steps so far, for every row: [rows, heads, capacity, size], of which the first `length`
 * places count. A step writes its own place; only growing, every so many steps, and rows that change places (beams) copy
 * what came before.
 */
export class StepCaches {
  private length = 0;
  private capacity = BLOCK;
  private rows: number;
  private buffers: Map<string, Float32Array>;
  /** Taken turns with `buffers` when rows change places. */
  private spare: Map<string, Float32Array>;

  constructor(
    private readonly shapes: Readonly<Record<string, readonly [heads: number, size: number]>>,
    rows: number,
  ) {
    this.rows = rows;
    this.buffers = this.allocate();
    this.spare = new Map();
  }

  /** As inputs of a step. */
  feeds(): Record<string, HostTensor> {
    return Object.fromEntries(
      Object.entries(this.shapes).map(([name, [heads, size]]) => {
        const shape = [this.rows, heads, this.capacity, size];
        const data = this.buffers.get(name)!.subarray(0, this.rows * heads * this.capacity * size);
        return [name, { dtype: 'float32' as const, shape, data }];
      }),
    );
  }

  /** Row i continues what was row `parents[i]`. */
  select(parents: Int32Array): void {
    if (parents.length === this.rows && parents.every((parent, row) => parent === row)) return;
    const before = this.buffers;
    this.rows = parents.length;
    const sizes = this.sizes();
    const fits = [...this.spare.values()].every((spare, i) => spare.length >= sizes[i]!);
    this.buffers = this.spare.size > 0 && fits ? this.spare : this.allocate();
    this.spare = before;
    for (const [name, [heads, size]] of Object.entries(this.shapes)) {
      const [from, to] = [before.get(name)!, this.buffers.get(name)!];
      const stride = this.capacity * size;
      parents.forEach((parent, row) => {
        for (let head = 0; head < heads; head++) {
          const start = (parent * heads + head) * stride;
          to.set(from.subarray(start, start + this.length * size), (row * heads + head) * stride);
        }
      });
    }
  }

  /** Adds what a step has made: [rows, heads, 1, size] by name. */
  append(made: Readonly<Record<string, HostTensor>>): void {
    if (this.length === this.capacity) this.grow();
    for (const [name, [heads, size]] of Object.entries(this.shapes)) {
      const from = made[name]!.data as Float32Array;
      const to = this.buffers.get(name)!;
      for (let i = 0; i < this.rows * heads; i++)
        to.set(from.subarray(i * size, (i + 1) * size), (i * this.capacity + this.length) * size);
    }
    this.length++;
  }

  private grow(): void {
    const before = this.buffers;
    const old = this.capacity;
    this.capacity += BLOCK;
    this.buffers = this.allocate();
    this.spare = new Map();
    for (const [name, [heads, size]] of Object.entries(this.shapes)) {
      const [from, to] = [before.get(name)!, this.buffers.get(name)!];
      for (let i = 0; i < this.rows * heads; i++)
        to.set(from.subarray(i * old * size, (i + 1) * old * size), i * this.capacity * size);
    }
  }

  private sizes(): number[] {
    return Object.values(this.shapes).map(([heads, size]) => this.rows * heads * this.capacity * size);
  }

  private allocate(): Map<string, Float32Array> {
    const sizes = this.sizes();
    return new Map(Object.keys(this.shapes).map((name, i) => [name, new Float32Array(sizes[i]!)]));
  }
}
