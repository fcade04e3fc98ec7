import { UserError } from '../tensor/errors.js';
import type { SplitName } from './split.js';

/** Shares of the rows that are set aside. */
interface Shares {
  readonly validation: number;
  readonly test: number;
}

/**
 * The part of each row by its time: the last share of the rows is the test part, the one before it the validation part, so
 * that what is measured is later than what was trained on. Rows of one time stay together: a part begins at the time
 * nearest to its share, of two as near at the earlier one, and each part that has a share has one time at least.
 * @param times of the rows, in any order.
 * @throws UserError where there are fewer times than parts.
 */
export function splitByTime(times: readonly number[], { validation, test }: Shares): SplitName[] {
  const sorted = Float64Array.from(times).sort();
  const count = sorted.length;
  if (count === 0) return [];
  // The places at which a time begins.
  const begins: number[] = [];
  sorted.forEach((time, place) => {
    if (time !== sorted[place - 1]) begins.push(place);
  });
  const end = begins.length;
  if (validation + test > 0 && end === 1)
    throw new UserError(
      'split: all rows have the same time, so none of them is later. Take another column, or leave data.split.orderBy out.',
    );
  // Times that are left to what comes before.
  const trained = validation + test < 1 ? 1 : 0;
  const validated = validation > 0 ? 1 : 0;
  if (test > 0 && trained + validated >= end)
    throw new UserError(
      `split: validation is ${validation}, but the rows have ${end} times only, which the training and the test part take. Take a column with more times, or set data.split.validation to 0.`,
    );
  /** The time, from one on and before another, that begins nearest to where a share of the rows is left. */
  const nearest = (share: number, from: number, to: number): number => {
    const distance = (time: number) => Math.abs(begins[time]! - count * (1 - share));
    let best = from;
    for (let time = from + 1; time < to; time++) if (distance(time) < distance(best)) best = time;
    return best;
  };
  const tested = test > 0 ? nearest(test, trained + validated, end) : end;
  const first = validation > 0 ? nearest(validation + test, trained, tested) : tested;
  const timeAt = (time: number) => (time < end ? sorted[begins[time]!]! : Infinity);
  const [validationTime, testTime] = [timeAt(first), timeAt(tested)];
  return times.map((time) => {
    if (time >= testTime) return 'test';
    return time >= validationTime ? 'validation' : 'train';
  });
}

const date =
  /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:(Z)|([+-])(\d\d)(?::?(\d\d))?)?)?)?$/;

/** Milliseconds since 1970 of an ISO 8601 date, with a time or without, in UTC unless it says its zone; else undefined. */
export function millisecondsOf(text: string): number | undefined {
  const found = date.exec(text);
  if (!found) return undefined;
  const at = (group: number) => Number(found[group] ?? 0);
  const [year, month, day] = [at(1), at(2), found[3] === undefined ? 1 : at(3)];
  const daysOfMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const isReal =
    month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth && at(4) < 24 && at(5) < 60 && at(6) <= 60;
  if (!isReal) return undefined;
  const fraction = found[7] === undefined ? 0 : Number(`0.${found[7]}`) * 1000;
  const zone = (found[9] === '-' ? -1 : 1) * (at(10) * 60 + at(11)) * 60_000;
  return Date.UTC(year, month - 1, day, at(4), at(5), at(6)) + fraction - zone;
}

/**
 * Reads the times of one column: numbers (years, steps, seconds), or ISO 8601 dates such as 2024-05, 2024-05-31 and
 * 2024-05-31T12:00:00+02:00; in UTC where they name no zone.
 * @returns what a cell says; a larger number is later. `origin` is where it stands, for messages.
 * @throws UserError, of what is returned, for a cell that is neither, and for one that is not what the first was.
 */
export function timeReader(): (text: string, origin: string) => number {
  let kind: 'number' | 'date' | undefined;
  return (text, origin) => {
    const cell = text.trim();
    const problem = (what: string, remedy: string) =>
      new UserError(`${origin}: the time ${JSON.stringify(cell)} ${what}. ${remedy}, or remove the row.`);
    const number = cell === '' ? NaN : Number(cell);
    const time = Number.isFinite(number) ? number : millisecondsOf(cell);
    if (time === undefined)
      throw problem(
        'is neither a number nor a date that there is',
        'Write it as 2024-05-31 or 2024-05-31T12:00:00Z',
      );
    const own = Number.isFinite(number) ? 'number' : 'date';
    kind ??= own;
    if (own !== kind)
      throw problem(`is a ${own}, but those before are ${kind}s`, `Write all of them as ${kind}s`);
    return time;
  };
}
