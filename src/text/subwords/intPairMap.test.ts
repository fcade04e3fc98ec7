import { expect, it } from 'vitest';
import { randomBits } from '../../tensor/random.js';
import { IntPairMap } from './intPairMap.js';

it('keeps what a Map keeps, also when it grows', () => {
  const map = new IntPairMap(1);
  const reference = new Map<string, number>();
  const bits = Array.from({ length: 6000 }, (_, i) => randomBits(7, i));
  bits.forEach((bit, value) => {
    const [left, right] = [bit & 63, (bit >>> 8) & 127];
    expect(map.get(left, right)).toBe(reference.get(`${left} ${right}`) ?? -1);
    map.set(left, right, value);
    reference.set(`${left} ${right}`, value);
  });
  expect(map.size).toBe(reference.size);
  for (const [key, value] of reference) {
    const [left, right] = key.split(' ').map(Number);
    expect(map.get(left!, right!)).toBe(value);
  }
  expect(map.get(1, -1)).toBe(-1);
});
