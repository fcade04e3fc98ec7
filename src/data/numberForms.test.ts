import { expect, it } from 'vitest';
import { isMissing, numberFormOf, readNumber } from './numberForms.js';

it.each<[string, number, number]>([
  ['1.5', 1.5, NaN],
  [' -2 ', -2, -2],
  ['519,29', NaN, 519.29],
  ['-,5', NaN, -0.5],
  ['1.181,92', NaN, 1181.92],
  ['1.181', 1.181, NaN],
  ['1,5e-3', NaN, 0.0015],
  ['1,2,3', NaN, NaN],
  [',', NaN, NaN],
  ['', NaN, NaN],
  ['Infinity', NaN, NaN],
  ['x', NaN, NaN],
])('%j is %d with a decimal point and %d with a comma', (cell, point, comma) => {
  expect(readNumber(cell)).toBe(point);
  expect(readNumber(cell, 'comma')).toBe(comma);
});

it.each<[string | undefined, string[]]>([
  ['plain', ['1', '2.5', '-3e4', '7', 'NA']],
  ['decimal comma', ['519,29', '1', '0,512', '1.181,92']],
  ['group', ['12,345', '999', '1,204']],
  ['thousands', ['1,234,567', '12', '1,204.50']],
  ['thousands', ['1 234', '1’204', '1.234.567']],
  ['unit', ['$566,000', '€ 12', '-£3.50', '12 %']],
  [undefined, ['1', '2', 'three', 'four']],
  [undefined, ['1.2.3', '192.168.1.1', '1.2.4']],
  [undefined, []],
])('%s: %j', (form, cells) => {
  expect(numberFormOf(cells)).toBe(form);
});

it('some words say that a number is missing', () => {
  for (const cell of ['', 'NA', 'n/a', 'NaN', '?', '-', ' null ']) expect(isMissing(cell)).toBe(true);
  for (const cell of ['0', 'x', 'nano']) expect(isMissing(cell)).toBe(false);
});
