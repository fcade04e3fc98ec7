import { describe, expect, it } from 'vitest';
import { firstDifference } from './differences.js';

describe('what a resumed run may change', () => {
  it.each([
    [{ data: { source: { text: '/a/book.txt' } } }, { data: { source: { text: '/b/book.txt' } } }],
    [
      { data: { source: { images: '/a/i', labels: '/a/l' } } },
      { data: { source: { images: '/b/i', labels: '/b/l' } } },
    ],
    [
      { tasks: { a: { data: { test: { file: 'x' } } } } },
      { tasks: { a: { data: { test: { file: 'y' } } } } },
    ],
    [{ training: { steps: 1 } }, { training: { steps: 2 } }],
    [{ training: { keepCheckpoints: 2 } }, { training: { keepCheckpoints: 5 } }],
    [{ decoding: { constraints: ['a'] } }, { decoding: { constraints: ['b'], prefix: 'c' } }],
  ])('%j → %j', (before, after) => {
    expect(firstDifference(before, after)).toBeUndefined();
  });

  it('is nothing else', () => {
    expect(firstDifference({ model: { size: 1 } }, { model: { size: 2 } })).toEqual({
      key: 'model.size',
      before: 1,
      after: 2,
    });
    expect(firstDifference({ text: { tokenizer: 'a' } }, { text: {} })).toMatchObject({
      key: 'text.tokenizer',
    });
  });
});
