import type { Engine, HostTensor } from '../engine/engine.js';

/** Places by which a cache grows: attention reads all of them, used or not, and growing moves what is there. */
const BLOCK = 64;

/** Another row's steps that a row takes over, from the first one in which they differ. */
interface Move {
  readonly row: number;
  readonly parent: number;
  readonly from: number;
  /** The parent's path from there. */
  readonly path: readonly number[];
}

/**
 * The keys and values of all steps so far, for every row: [rows, heads, capacity, size], of which the first `length`
 * places count; the others are finite. A step writes its own place. Rows stay where they are: where one continues
 * another (beams), it takes over only the places in which the two differ, since hypotheses share how they began.
 */
export class StepCaches {
  private length = 0;
  private capacity = BLOCK;
  private rows: number;
  private readonly caches: readonly Cache[];
  /** For every row, which row wrote each place: equal at a place, equal in all before it. */
  private readonly paths: number[][];

  constructor(
    engine: Engine,
    shapes: Readonly<Record<string, readonly [heads: number, size: number]>>,
    rows: number,
  ) {
    this.rows = rows;
    this.paths = Array.from({ length: rows }, () => []);
    this.caches = Object.entries(shapes).map(
      ([name, [heads, size]]) => new Cache(engine, name, heads, size, rows, BLOCK),
    );
  }

  /** As inputs of a step. */
  feeds(): Record<string, HostTensor> {
    return Object.fromEntries(this.caches.map(({ name, tensor }) => [name, tensor]));
  }

  /** Row i continues what was row `parents[i]`. */
  select(parents: Int32Array): void {
    const { length, paths } = this;
    if (parents.length !== this.rows) {
      this.rows = parents.length;
      for (const cache of this.caches) cache.resize(this.rows, this.capacity, length);
    }
    const moves: Move[] = [];
    parents.forEach((parent, row) => {
      if (parent === row) return;
      const path = paths[parent]!;
      const own = (paths[row] ??= []);
      let from = length;
      while (from > 0 && own[from - 1] !== path[from - 1]) from--;
      if (from < length) moves.push({ row, parent, from, path: path.slice(from) });
    });
    for (const { row, from, path } of moves) paths[row] = [...paths[row]!.slice(0, from), ...path];
    for (const cache of this.caches) cache.move(moves, length);
  }

  /** Adds what a step has made: [rows, heads, 1, size] by name. */
  append(made: Readonly<Record<string, HostTensor>>): void {
    if (this.length === this.capacity) {
      this.capacity += BLOCK;
      // Rows that are no longer there are not moved.
      this.paths.length = this.rows;
      for (const cache of this.caches) cache.resize(this.rows, this.capacity, this.length);
    }
    for (const cache of this.caches) cache.write(made[cache.name]!.data as Float32Array, this.length);
    for (let row = 0; row < this.rows; row++) this.paths[row]!.push(row);
    this.length++;
  }
}

/** One cache: its memory, which may be larger than what is used of it. */
class Cache {
  tensor: HostTensor;
  private memory: Float32Array;
  /** Where moves keep what others overwrite. */
  private spare = new Float32Array(0);

  constructor(
    private readonly engine: Engine,
    readonly name: string,
    private readonly heads: number,
    private readonly size: number,
    private rows: number,
    private capacity: number,
  ) {
    this.memory = engine.adopt(new Float32Array(this.needed));
    this.tensor = this.view();
  }

  /** Makes room. Rows that go keep their values as long as the capacity does, which may serve them again. */
  resize(rows: number, capacity: number, length: number): void {
    const { memory: before, stride: old } = this;
    const blocks = Math.min(this.rows, rows) * this.heads;
    this.rows = rows;
    this.capacity = capacity;
    if (this.needed > before.length) {
      // Twice as much, so that most growing moves values within it.
      const wanted = capacity > BLOCK ? Math.max(this.needed, 2 * before.length) : this.needed;
      this.memory = this.engine.adopt(new Float32Array(wanted));
      if (this.stride === old) this.memory.set(before);
    }
    if (this.stride !== old) this.spread(before, old, blocks, length * this.size);
    this.tensor = this.view();
  }

  move(moves: readonly Move[], length: number): void {
    const { memory, heads, size, stride } = this;
    const written = new Set(moves.map(({ row }) => row));
    const kept = moves.filter(({ parent }) => written.has(parent));
    const total = kept.reduce((sum, { from }) => sum + heads * (length - from) * size, 0);
    if (this.spare.length < total) this.spare = new Float32Array(total);
    let at = 0;
    for (const { parent, from } of kept)
      for (let head = 0; head < heads; head++) {
        const start = (parent * heads + head) * stride;
        this.spare.set(memory.subarray(start + from * size, start + length * size), at);
        at += (length - from) * size;
      }
    at = 0;
    for (const { row, parent, from } of moves)
      for (let head = 0; head < heads; head++) {
        const to = (row * heads + head) * stride + from * size;
        const count = (length - from) * size;
        if (written.has(parent)) {
          memory.set(this.spare.subarray(at, at + count), to);
          at += count;
        } else {
          const start = (parent * heads + head) * stride + from * size;
          memory.copyWithin(to, start, start + count);
        }
      }
  }

  write(made: Float32Array, place: number): void {
    const { memory, size, stride } = this;
    for (let i = 0; i < this.rows * this.heads; i++)
      memory.set(made.subarray(i * size, (i + 1) * size), i * stride + place * size);
  }

  /** Moves the first `count` values of each block to where blocks of the new length begin; what lies between is zero. */
  private spread(before: Float32Array, old: number, blocks: number, count: number): void {
    const { memory, stride } = this;
    // The last first, as the memory may be the same.
    for (let block = blocks - 1; block >= 0; block--) {
      if (memory === before) memory.copyWithin(block * stride, block * old, block * old + count);
      else memory.set(before.subarray(block * old, block * old + count), block * stride);
      memory.fill(0, block * stride + count, (block + 1) * stride);
    }
  }

  private get stride(): number {
    return this.capacity * this.size;
  }

  private get needed(): number {
    return this.rows * this.heads * this.stride;
  }

  private view(): HostTensor {
    const shape = [this.rows, this.heads, this.capacity, this.size];
    return { dtype: 'float32', shape, data: this.memory.subarray(0, this.needed) };
  }
}
