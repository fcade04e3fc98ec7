import { describe, expect, it } from 'vitest';
import { randomBits, randomKey } from '../tensor/random.js';
import { StepCaches } from './stepCaches.js';

const shapes = { keys: [2, 3], values: [1, 2] } as const;
/** A cache is plain arrays; nothing here runs a program. */
const engine = { adopt: <A>(array: A) => array } as unknown as ConstructorParameters<typeof StepCaches>[0];

/** Caches beside a copy of every row's steps, which is what they must hold. */
class Checked {
  private readonly caches: StepCaches;
  private rows: number[][];
  private steps = 0;

  constructor(rows: number) {
    this.caches = new StepCaches(engine, shapes, rows);
    this.rows = Array.from({ length: rows }, () => []);
  }

  get count(): number {
    return this.rows.length;
  }

  /** Values are finite at the places ahead, and those of each row's steps before. */
  step(parents: readonly number[]): void {
    this.caches.select(Int32Array.from(parents));
    this.rows = parents.map((parent) => [...this.rows[parent]!]);
    for (const [name, { shape, data }] of Object.entries(this.caches.feeds())) {
      const [rows, heads, capacity, size] = shape as [number, number, number, number];
      expect([rows, heads, size]).toEqual([parents.length, ...shapes[name as keyof typeof shapes]]);
      expect(data).toHaveLength(rows * heads * capacity * size);
      expect(capacity).toBeGreaterThanOrEqual(this.steps);
      for (let i = 0; i < data.length; i++) {
        const place = Math.floor(i / size) % capacity;
        if (place >= this.steps) {
          if (!Number.isFinite(data[i])) throw new Error('A place ahead is not finite.');
          continue;
        }
        const row = Math.floor(i / (heads * capacity * size));
        const head = Math.floor(i / (capacity * size)) % heads;
        const wanted = Math.fround(this.rows[row]![place]! + head / 10 + (i % size) / 100);
        if (data[i] !== wanted)
          throw new Error(`${name}[${row}, ${head}, ${place}, ${i % size}] is ${data[i]}, not ${wanted}.`);
      }
    }
    const made = Object.entries(shapes).map(([name, [heads, size]]) => {
      const data = new Float32Array(parents.length * heads * size);
      data.forEach((_, i) => {
        const row = Math.floor(i / (heads * size));
        data[i] = this.steps * 100 + row + (Math.floor(i / size) % heads) / 10 + (i % size) / 100;
      });
      return [name, { dtype: 'float32' as const, shape: [parents.length, heads, 1, size], data }];
    });
    this.caches.append(Object.fromEntries(made));
    this.rows.forEach((row, i) => row.push(this.steps * 100 + i));
    this.steps++;
  }
}

const range = (length: number) => Array.from({ length }, (_, i) => i);

describe('the caches of steps', () => {
  it('hold what rows have written, past several blocks', () => {
    const caches = new Checked(3);
    for (let step = 0; step < 200; step++) caches.step([0, 1, 2]);
  });

  it.each([1, 2, 3, 4, 5])('hold what the rows that beams continue have written, seed %i', (seed) => {
    const caches = new Checked(2);
    for (let step = 0; step < 150; step++) {
      const draw = (i: number) => randomBits(randomKey(seed, step), i) >>> 3;
      const before = caches.count;
      // Mostly the same number of rows; now and then fewer or more.
      const count = draw(0) % 10 > 0 ? before : 1 + (draw(1) % 7);
      caches.step(
        range(count).map((row) => (draw(2) % 3 ? draw(3 + row) % before : Math.min(row, before - 1))),
      );
    }
  });

  it('turn rows round', () => {
    const caches = new Checked(3);
    for (let step = 0; step < 70; step++) caches.step([2, 0, 1]);
  });

  it('keep their arrays while no row changes, and as long as a block lasts', () => {
    const caches = new StepCaches(engine, { keys: [1, 1] }, 2);
    const made = { keys: { dtype: 'float32' as const, shape: [2, 1, 1, 1], data: new Float32Array(2) } };
    const seen = new Set<unknown>();
    for (let step = 0; step < 64; step++) {
      caches.select(step % 2 ? Int32Array.of(1, 0) : Int32Array.of(0, 1));
      seen.add(caches.feeds()['keys']!.data);
      caches.append(made);
    }
    expect(seen.size).toBe(1);
  });
});
