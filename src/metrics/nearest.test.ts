import { expect, it } from 'vitest';
import { nearestName, suggestion } from './nearest.js';

const names = ['train', 'validation', 'test'];

it.each([
  ['tets', 'test'],
  ['Train', 'train'],
  ['val', 'validation'],
  ['x', undefined],
  ['dev', undefined],
])('takes %s for %s', (wrong, name) => {
  expect(nearestName(wrong, names)).toBe(name);
});

it('says what there is', () => {
  expect(suggestion('tets', names)).toBe(" Did you mean 'test'? Valid here: train, validation, test.");
  expect(suggestion('other', names)).toBe(' Valid here: train, validation, test.');
});
