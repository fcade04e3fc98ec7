import { expect, it } from 'vitest';
import { firstBackward, isDate, isTime, timesOf } from './times.js';

it.each([
  ['2016-07-01', '2016-07-01T00:00Z'],
  ['2016', '2016-01-01T00:00Z'],
  ['2016-07', '2016-07-01T00:00Z'],
  ['2016-07-01 12:30:15', '2016-07-01T12:30:15Z'],
  ['2016-07-01T12:30+02:00', '2016-07-01T10:30Z'],
  ['01.07.2016', '2016-07-01T00:00Z'],
  ['7/1/2016 12:05:00 AM', '2016-07-01T00:05Z'],
  ['7/1/2016 12:05 PM', '2016-07-01T12:05Z'],
  ['31/1/2016', '2016-01-31T00:00Z'],
])('%s is a time', (cell, expected) => {
  expect(isTime(cell)).toBe(true);
  expect(timesOf([cell])).toEqual([Date.parse(expected)]);
});

it.each(['1181.92', '1000', '2016-13-01', '1.2.3', '12:30', 'May'])('%s is no time', (cell) => {
  expect(isTime(cell)).toBe(false);
  expect(timesOf([cell])).toEqual([NaN]);
});

it('a year may be a number, a date may not', () => {
  expect(['2016', '2016.07', '2016-07', '1.7.2016'].map(isDate)).toEqual([false, false, true, true]);
});

it('one cell tells of its column whether the day comes first', () => {
  expect(timesOf(['02/01/2016', '13/01/2016'])[0]).toBe(Date.UTC(2016, 0, 2));
  expect(timesOf(['02/01/2016', '02/13/2016'])[0]).toBe(Date.UTC(2016, 1, 1));
});

it('times rise, but for the hour that comes twice in autumn', () => {
  const hours = (...values: number[]) => values.map((value) => value * 3_600_000);
  expect(firstBackward(hours(1, 2, 3, 2, 3, 4))).toBeUndefined();
  expect(firstBackward(hours(1, 2, 5, 3.5))).toBe(3);
  expect(firstBackward(hours(9, 8.5, 8, 7.5))).toBe(3);
  expect(firstBackward([NaN, 1, NaN, 2])).toBeUndefined();
});
