import { millisecondsOf } from './timeSplit.js';

/**
 * The times that go on from a column of ISO 8601 dates at equal steps, be these of time or of whole months, written as its
 * last cell is.
 * @param cells of rows that follow one another, two at least. @param count of times that are wanted.
 * @returns undefined where the cells are no such dates, or their steps differ.
 */
export function nextTimes(cells: readonly string[], count: number): string[] | undefined {
  const times = cells.flatMap((cell) => millisecondsOf(cell.trim()) ?? []);
  if (times.length < 2 || times.length < cells.length) return undefined;
  const next = byDuration(times) ?? byMonths(times);
  const last = cells.at(-1)!.trim();
  return next && Array.from({ length: count }, (_, i) => writtenAs(last, next(i + 1)));
}

/** The time so many steps after the last, in milliseconds. */
type Next = (steps: number) => number;

function byDuration(times: readonly number[]): Next | undefined {
  const step = equalStep(times);
  return step === undefined ? undefined : (steps) => times.at(-1)! + steps * step;
}

/** Days that every month has, in milliseconds. */
const SHORTEST_MONTH = 28 * 24 * 3600 * 1000;

/** Months and years are not of one duration. */
function byMonths(times: readonly number[]): Next | undefined {
  const beginOf = (month: number) => Date.UTC(Math.floor(month / 12), month % 12);
  const months = times.map((time) => {
    const date = new Date(time);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  });
  const [rest, ...others] = times.map((time, i) => time - beginOf(months[i]!));
  const step = equalStep(months);
  if (step === undefined || rest! >= SHORTEST_MONTH || others.some((other) => other !== rest))
    return undefined;
  return (steps) => beginOf(months.at(-1)! + steps * step) + rest!;
}

/** What each number is more than the one before it; undefined where that differs, or is not above 0. */
function equalStep(numbers: readonly number[]): number | undefined {
  const step = numbers[1]! - numbers[0]!;
  const isEqual = numbers.every((number, i) => i === 0 || number - numbers[i - 1]! === step);
  return step > 0 && isEqual ? step : undefined;
}

/** A time in the form of a cell: its parts, what stands between them, and its zone. */
function writtenAs(cell: string, time: number): string {
  const [, own = '', zone = ''] = /^([\d-]+(?:[T ][\d:.,]+)?)(Z|[+-][\d:]+)?$/.exec(cell) ?? [];
  const iso = new Date(time + millisecondsOf(own)! - millisecondsOf(cell)!).toISOString();
  const seconds = iso.slice(0, Math.min(own.length, 19));
  const digits = own.length - 20;
  const fraction = digits > 0 ? own[19]! + iso.slice(20, 23).padEnd(digits, '0').slice(0, digits) : '';
  return seconds.replace('T', own[10] ?? '') + fraction + zone;
}
