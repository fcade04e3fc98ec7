import { UserError } from './errors.js';

/** What an option may be, in the words of the message. */
const rules = {
  'a whole number from 1': (x: number) => Number.isSafeInteger(x) && x >= 1,
  'a whole number from 2': (x: number) => Number.isSafeInteger(x) && x >= 2,
  'a whole number from 0': (x: number) => Number.isSafeInteger(x) && x >= 0,
  'a whole number from 1, or Infinity': (x: number) => x === Infinity || (Number.isSafeInteger(x) && x >= 1),
  'a number from 0': (x: number) => typeof x === 'number' && x >= 0,
  'a number from 1': (x: number) => typeof x === 'number' && x >= 1,
  'a finite number': Number.isFinite,
  'a finite number above 0': (x: number) => Number.isFinite(x) && x > 0,
  'a finite number from 0': (x: number) => Number.isFinite(x) && x >= 0,
  'a finite number from 1': (x: number) => Number.isFinite(x) && x >= 1,
  'at least 0 and at most 1': (x: number) => Number.isFinite(x) && x >= 0 && x <= 1,
  'at least 0 and below 1': (x: number) => Number.isFinite(x) && x >= 0 && x < 1,
  'above 0 and at most 1': (x: number) => Number.isFinite(x) && x > 0 && x <= 1,
  'above 0 and below 1': (x: number) => Number.isFinite(x) && x > 0 && x < 1,
};

export type OptionRule = keyof typeof rules;

/**
 * Checks numbers that a person gave: `requireOptions(this, 'a whole number from 1', { inputSize, outputSize })`.
 * @param owner what takes the options: its name, or an object whose class names it.
 * @throws UserError: `Linear: outputSize is -3; it must be a whole number from 1.`
 */
export function requireOptions(
  owner: string | object,
  rule: OptionRule,
  options: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(options))
    if (!rules[rule](value)) throw refusal(owner, name, value, rule);
}

/**
 * As {@link requireOptions}, for an option that is one of a few words.
 * @throws UserError: `Recurrent: cell is 'gruu'; it must be 'rnn', 'lstm' or 'gru'.`
 */
export function requireOneOf(
  owner: string | object,
  valid: readonly string[],
  options: Readonly<Record<string, string>>,
): void {
  const quoted = valid.map((each) => `'${each}'`);
  const words = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
  for (const [name, value] of Object.entries(options))
    if (!valid.includes(value)) throw refusal(owner, name, value, words);
}

function refusal(owner: string | object, name: string, value: unknown, rule: string): UserError {
  const given =
    typeof value === 'string'
      ? `'${value}'`
      : typeof value === 'object' && value !== null
        ? 'an object'
        : String(value);
  const who = typeof owner === 'string' ? owner : owner.constructor.name;
  return new UserError(`${who}: ${name} is ${given}; it must be ${rule}.`);
}
