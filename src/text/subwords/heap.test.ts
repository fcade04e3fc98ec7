import { expect, it } from 'vitest';
import { randomBits } from '../../tensor/random.js';
import { Heap } from './heap.js';

it('gives its items in order', () => {
  const heap = new Heap((a, b) => a < b);
  expect(heap.pop()).toBeUndefined();
  const items = Array.from({ length: 500 }, (_, i) => randomBits(3, i) % 100);
  for (const item of items) heap.push(item);
  const popped = items.map(() => heap.pop());
  expect(popped).toEqual([...items].sort((a, b) => a - b));
  expect(heap.pop()).toBeUndefined();
  heap.push(2);
  expect(heap.pop()).toBe(2);
});
