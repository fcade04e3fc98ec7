import { describe, expect, it } from 'vitest';
import { randomBits } from '../tensor/random.js';
import { editDistance } from './editDistance.js';

/** The textbook recursion, as an independent check. */
function slowDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  if (a[0] === b[0]) return slowDistance(a.slice(1), b.slice(1));
  return (
    1 +
    Math.min(slowDistance(a.slice(1), b), slowDistance(a, b.slice(1)), slowDistance(a.slice(1), b.slice(1)))
  );
}

describe('editDistance', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['saturday', 'sunday', 3],
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['a', 'a', 0],
    ['a', 'b', 1],
    ['abcde', 'abde', 1],
    ['aaaa', 'aa', 2],
    ['ab', 'ba', 2],
  ])('%s → %s is %i', (a, b, expected) => {
    expect(editDistance([...a], [...b])).toBe(expected);
    expect(editDistance([...b], [...a])).toBe(expected);
  });

  it('agrees with the recursive definition on random texts', () => {
    for (let n = 0; n < 300; n++) {
      const text = (key: number) =>
        Array.from({ length: randomBits(key, 0) % 7 }, (_, i) => 'abc'[randomBits(key, i + 1) % 3]).join('');
      const a = text(2 * n);
      const b = text(2 * n + 1);
      expect(editDistance([...a], [...b]), `${a} → ${b}`).toBe(slowDistance(a, b));
    }
  });

  it('compares typed arrays and whole tokens', () => {
    expect(editDistance(Int32Array.of(1, 2, 3), Int32Array.of(1, 3))).toBe(1);
    expect(editDistance(['AH', 'B'], ['A', 'HB'])).toBe(2);
  });

  it('handles sequences longer than its first buffer', () => {
    const a = Array.from({ length: 500 }, (_, i) => i);
    expect(
      editDistance(
        a,
        a.map((x) => x + 1000),
      ),
    ).toBe(500);
    expect(editDistance(a, [-1, ...a.slice(0, 499)])).toBe(2);
  });
});
