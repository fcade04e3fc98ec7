import { expect, it } from 'vitest';
import { shuffled } from './shuffled.js';

async function order(count: number, buffer: number, seed = 1): Promise<number[]> {
  const items: number[] = [];
  for await (const item of shuffled(
    Array.from({ length: count }, (_, i) => i),
    { buffer, seed },
  ))
    items.push(item);
  return items;
}

it('gives every item once, none earlier than the buffer allows', async () => {
  const items = await order(1000, 50);
  expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  items.forEach((item, place) => {
    expect(item - place).toBeLessThan(50);
  });
  expect(items).not.toEqual([...items].sort((a, b) => a - b));
});

it('is the same for a seed, and another for another', async () => {
  expect(await order(100, 20)).toEqual(await order(100, 20));
  expect(await order(100, 20, 2)).not.toEqual(await order(100, 20));
  expect(await order(5, 1)).toEqual([0, 1, 2, 3, 4]);
  expect(await order(0, 3)).toEqual([]);
});

it('is even where the buffer holds all', async () => {
  const first = new Array<number>(4).fill(0);
  for (let seed = 0; seed < 2000; seed++) first[(await order(4, 10, seed))[0]!]!++;
  // Four times 500 are expected; 100 off is five deviations (√(2000 · ¼ · ¾) ≈ 19).
  for (const count of first) expect(Math.abs(count - 500)).toBeLessThan(100);
});

it('refuses a buffer of nothing', async () => {
  await expect(order(3, 0)).rejects.toThrow(/shuffled: buffer is 0; it must be a whole number from 1/);
});
