import { describe, expect, it } from 'vitest';
import { permutation } from '../tensor/random.js';
import { splitGroups } from './groupedSplit.js';
import { splitByTime, timeReader } from './timeSplit.js';

const shares = { validation: 0.2, test: 0.1 };

describe('a split by time', () => {
  it('sets the last rows aside, whatever their order', () => {
    const times = Array.from(permutation(50, 3), (i) => i * 10);
    const parts = splitByTime(times, shares);
    times.forEach((time, i) =>
      expect(parts[i]).toBe(time >= 450 ? 'test' : time >= 350 ? 'validation' : 'train'),
    );
    expect(splitGroups(times.map(String), { ...shares, seed: 1, times })).toEqual(parts);
  });

  it('keeps rows of one time together, and begins where a time does', () => {
    // Ten rows a year: wanted are the last 12 and the 24 before them.
    const times = Array.from({ length: 120 }, (_, i) => 2000 + Math.floor(i / 10));
    const parts = splitByTime(times, { validation: 0.2, test: 0.1 });
    const yearsOf = (name: string) => [...new Set(times.filter((_, i) => parts[i] === name))];
    expect(yearsOf('test')).toEqual([2011]);
    expect(yearsOf('validation')).toEqual([2008, 2009, 2010]);
    // Of two places as near, the earlier one.
    expect(splitByTime([1, 1, 2, 2], { validation: 0, test: 0.25 })).toEqual([
      'train',
      'train',
      'test',
      'test',
    ]);
  });

  it('gives nothing to a share of 0', () => {
    expect(splitByTime([1, 2, 3, 4], { validation: 0, test: 0.5 })).toEqual([
      'train',
      'train',
      'test',
      'test',
    ]);
    expect(splitByTime([4, 3, 2, 1], { validation: 0.5, test: 0 })).toEqual([
      ...['validation', 'validation', 'train', 'train'],
    ]);
    expect(splitByTime([5, 5], { validation: 0, test: 0 })).toEqual(['train', 'train']);
    expect(splitByTime([], shares)).toEqual([]);
  });

  it('needs two times', () => {
    expect(() => splitByTime([7, 7, 7], shares)).toThrow(
      'split: all rows have the same time, so none of them is later',
    );
  });
});

describe('times', () => {
  const read = (...cells: string[]) => {
    const reader = timeReader();
    return cells.map((cell, i) => reader(cell, `x.csv: line ${i + 1}`));
  };

  it('are numbers', () => {
    expect(read('2019', ' 2020.5 ', '-3', '1e3')).toEqual([2019, 2020.5, -3, 1000]);
  });

  it('are ISO dates, in UTC unless they name a zone', () => {
    const cells = [
      '2024-02',
      '2024-02-29',
      '2024-02-29 12:30',
      '2024-02-29T12:30:15.25',
      '2024-02-29T12:30:15Z',
      '2024-02-29T14:30:15+02:00',
      '2024-02-29T09:00-0330',
    ];
    const expected = [
      Date.UTC(2024, 1, 1),
      Date.UTC(2024, 1, 29),
      Date.UTC(2024, 1, 29, 12, 30),
      Date.UTC(2024, 1, 29, 12, 30, 15, 250),
      Date.UTC(2024, 1, 29, 12, 30, 15),
      Date.UTC(2024, 1, 29, 12, 30, 15),
      Date.UTC(2024, 1, 29, 12, 30),
    ];
    expect(read(...cells)).toEqual(expected);
  });

  it.each([
    [['yesterday'], 'x.csv: line 1: the time "yesterday" is neither a number nor a date that there is'],
    [['2024-01-31', '2023-02-29'], 'x.csv: line 2: the time "2023-02-29" is neither'],
    [['2024-13-01'], '"2024-13-01" is neither'],
    [['2024-01-01T24:00'], '"2024-01-01T24:00" is neither'],
    [['01/02/2024'], '"01/02/2024" is neither'],
    [[''], 'the time "" is neither'],
    [['Infinity'], '"Infinity" is neither'],
    [['2024-01-31', '2024'], 'line 2: the time "2024" is a number, but those before are dates. Write all'],
    [['1', '2024-01-31'], 'line 2: the time "2024-01-31" is a date, but those before are numbers'],
  ])('refuses %j', (cells, message) => {
    expect(() => read(...cells)).toThrow(message);
  });
});
