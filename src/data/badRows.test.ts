import { expect, it } from 'vitest';
import { UserError } from '../tensor/errors.js';
import { BadRows } from './badRows.js';

const bad = (message: string) => () => {
  throw new UserError(message);
};

it('fails at the first by default', () => {
  const rows = new BadRows();
  expect(rows.attempt('x: line 1', () => 7)).toBe(7);
  expect(() => rows.attempt('x: line 2', bad('x: line 2: no'))).toThrow('x: line 2: no');
  expect(rows.notes).toEqual([]);
});

it('leaves out, counts and lists', () => {
  const rows = new BadRows('skip');
  rows.attempt('x: line 2', bad('x: line 2: the text is empty'));
  rows.attempt('x: line 3', bad('x: line 3, column 4: a\tquote'));
  expect(rows.notes).toEqual([
    '2 bad rows left out (data.onBadRow), the first: x: line 2: the text is empty',
  ]);
  expect(rows.toTsv()).toBe('row\treason\nx: line 2\tthe text is empty\nx: line 3\tcolumn 4: a quote\n');
});

it('lets errors of programs through', () => {
  const program = () => {
    throw new TypeError('a mistake');
  };
  expect(() => new BadRows('skip').attempt('x', program)).toThrow(TypeError);
});

it('are noted in one place under several policies', () => {
  const rows = new BadRows('skip');
  expect(() => rows.under('fail').attempt('x', bad('x: no'))).toThrow('x: no');
  rows.under('report').attempt('y', bad('y: no'));
  expect([rows.count, rows.rows.length, rows.under('report').policy]).toEqual([1, 1, 'report']);
  expect(new BadRows('skip', true).under('fail').policy).toBe('skip');
});
