import { expect, it } from 'vitest';
import { rangeOf, textPicture, type Picture } from './textPicture.js';

const grey = (rows: readonly (readonly number[])[]): Picture => ({
  channels: 1,
  height: rows.length,
  width: rows[0]!.length,
  values: rows.flat(),
});

it('shows two rows of pixels in a line, brighter for more', () => {
  const picture = grey([
    [0, 0.3, 0.5, 0.7, 1],
    [0, 0.3, 0.5, 0.7, 1],
    [1, 1, 1, 1, 1],
    [0, 0, 0, 0, 0],
  ]);
  expect(textPicture(picture, { columns: 80 })).toEqual([' ░▒▓█', '▒▒▒▒▒']);
});

it('shrinks what is too wide, and takes the mean of the channels', () => {
  const left = Array.from({ length: 8 }, () => [1, 1, 0, 0]).flat();
  const none = left.map(() => 0);
  const picture = { channels: 2, height: 8, width: 4, values: [...left, ...none] };
  expect(textPicture(picture, { columns: 2 })).toEqual(['▒ ', '▒ ']);
});

it('shows pictures in a range of their own or a common one', () => {
  const [dim, bright] = [grey([[0, 0.2]]), grey([[-1, 1]])];
  expect(textPicture(dim, { columns: 9 })).toEqual([' █']);
  expect(rangeOf(dim, bright)).toEqual([-1, 1]);
  expect(textPicture(dim, { columns: 9, range: [-1, 1] })).toEqual(['▒▓']);
  expect(textPicture(grey([[3, 3]]), { columns: 9 })).toEqual(['  ']);
});
