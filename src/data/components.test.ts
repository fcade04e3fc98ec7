import { expect, it } from 'vitest';
import { permutation } from '../tensor/random.js';
import { componentKeys } from './components.js';

const rows = [
  ['hello', 'bonjour'],
  ['hi', 'salut'],
  ['hi', 'bonjour'],
  ['cat', 'chat'],
  ['chat', 'causerie'],
  ['dog', 'chien'],
];

it('puts rows together that share a text, over others too', () => {
  expect(componentKeys(rows)).toEqual(['bonjour', 'bonjour', 'bonjour', 'cat', 'cat', 'chien']);
});

it('does not depend on the order of the rows', () => {
  const expected = new Map(rows.map((row, i) => [row, componentKeys(rows)[i]]));
  for (let seed = 0; seed < 20; seed++) {
    const shuffled = Array.from(permutation(rows.length, seed), (i) => rows[i]!);
    expect(componentKeys(shuffled)).toEqual(shuffled.map((row) => expected.get(row)));
  }
});

it('follows long chains', () => {
  const chain = Array.from({ length: 20_000 }, (_, i) => [`${String(i)}a`, `${String(i + 1)}a`]);
  expect(new Set(componentKeys(chain)).size).toBe(1);
});

it('keeps the names of sides apart only where texts are', () => {
  expect(componentKeys([['a'], ['b'], ['a']])).toEqual(['a', 'b', 'a']);
});
