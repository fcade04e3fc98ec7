import { expect, it } from 'vitest';
import { TextSet } from './textSet.js';

it('knows which texts it has seen, over every growth of its table', () => {
  const set = new TextSet();
  const texts = Array.from({ length: 20_000 }, (_, i) => `text ${i}`);
  expect(texts.every((text) => set.add(text))).toBe(true);
  expect(texts.some((text) => set.add(text))).toBe(false);
  expect(set.size).toBe(20_000);
});

it('tells texts apart that differ in little, the empty one and those of other scripts among them', () => {
  const set = new TextSet();
  const texts = ['', ' ', 'a', 'A', 'ab', 'ba', '猫', '貓', '猫 ', '😀', '😁'];
  for (const text of texts) {
    expect(set.add(text)).toBe(true);
    expect(set.add(text)).toBe(false);
  }
  expect(set.size).toBe(texts.length);
});
