import { expect, it } from 'vitest';
import { UserError } from './errors.js';
import { requireOneOf, requireOptions, type OptionRule } from './requireOptions.js';

const cases: [OptionRule, good: number[], bad: unknown[]][] = [
  ['a whole number from 1', [1, 64], [0, -3, 2.5, NaN, Infinity, '8', undefined]],
  ['a whole number from 0', [0, 7], [-1, 0.5, NaN]],
  ['a whole number from 1, or Infinity', [1, Infinity], [0, 1.5, NaN, -Infinity]],
  ['a number from 0', [0, 0.5, Infinity], [-1, NaN, '1']],
  ['a finite number', [-1, 0, 2.5], [NaN, -Infinity, '1']],
  ['a finite number above 0', [1e-9, 3], [0, -1, NaN, Infinity, '1']],
  ['a finite number from 0', [0, 0.01], [-1e-9, NaN, Infinity]],
  ['at least 0 and below 1', [0, 0.999], [1, -0.1, NaN]],
  ['above 0 and below 1', [0.5], [0, 1, NaN]],
];

it.each(cases)('%s', (rule, good, bad) => {
  for (const value of good) expect(() => requireOptions('layer', rule, { value })).not.toThrow();
  for (const value of bad as number[])
    expect(() => requireOptions('layer', rule, { value }), String(value)).toThrow(UserError);
});

it('names the owner, the option, its value and what it must be', () => {
  class Linear {
    readonly inputSize = 4;
  }
  const refused = (value: unknown) => () =>
    requireOptions(new Linear(), 'a whole number from 1', { inputSize: 4, outputSize: value as number });
  expect(refused(-3)).toThrow('Linear: outputSize is -3; it must be a whole number from 1.');
  expect(refused('8')).toThrow("Linear: outputSize is '8'; it must be a whole number from 1.");
  expect(refused({})).toThrow('Linear: outputSize is an object; it must be a whole number from 1.');
  expect(refused(undefined)).toThrow('Linear: outputSize is undefined; it must be a whole number from 1.');
});

it('names the words that an option can be', () => {
  const words = ['rnn', 'lstm', 'gru'];
  expect(() => requireOneOf('Recurrent', words, { cell: 'gru' })).not.toThrow();
  expect(() => requireOneOf('Recurrent', words, { cell: 'GRU' })).toThrow(
    new UserError("Recurrent: cell is 'GRU'; it must be 'rnn', 'lstm' or 'gru'."),
  );
});
