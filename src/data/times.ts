const clock = String.raw`(?:,? +|T)(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?: ?([AP])M)?(Z|[+-]\d{2}:?\d{2})?`;
/** A year, and with it a month, a day and a time: ISO 8601 and its kin. */
const yearFirst = new RegExp(String.raw`^(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2})(?:${clock})?)?)?$`, 'i');
/** Day, month and year, or month, day and year. */
const yearLast = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:${clock})?$`, 'i');

interface Parts {
  readonly year: number;
  /** Of what has the year at its end: the two numbers before it, in their order. */
  readonly first: number;
  readonly second: number;
  readonly last: boolean;
  /** After midnight, in milliseconds. */
  readonly time: number;
}

const MINUTE = 60_000;

function partsOf(cell: string): Parts | undefined {
  const found = yearFirst.exec(cell);
  const turned = found ? undefined : yearLast.exec(cell);
  const [year, first, second, hours, minutes, seconds, half, zone] = found
    ? [found[1], found[3], ...found.slice(4)]
    : turned
      ? [turned[4], turned[1], turned[3], ...turned.slice(5)]
      : [];
  if (year === undefined) return undefined;
  // Four digits alone are a number as well.
  if (first === undefined && (Number(year) < 1500 || Number(year) >= 2200)) return undefined;
  const hour = half ? (Number(hours) % 12) + (half.toUpperCase() === 'P' ? 12 : 0) : Number(hours ?? 0);
  const time = ((hour * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000 - offsetOf(zone);
  return { year: Number(year), first: Number(first ?? 1), second: Number(second ?? 1), last: !found, time };
}

function offsetOf(zone: string | undefined): number {
  const found = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (!found) return 0;
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) * MINUTE;
}

const isDay = (value: number) => value >= 1 && value <= 31;
const isMonth = (value: number) => value >= 1 && value <= 12;

/** Whether a cell is a year, a date (`2016-07-01`, `1.7.2016`, `7/1/2016`) or a date with a time. */
export function isTime(cell: string): boolean {
  const parts = partsOf(cell);
  if (!parts) return false;
  const { first, second, last } = parts;
  return (isMonth(first) && isDay(second)) || (last && isDay(first) && isMonth(second));
}

/** Whether a cell is a time that could not be a number. */
export function isDate(cell: string): boolean {
  return isTime(cell) && Number.isNaN(Number(cell));
}

/**
 * Cells of one column as milliseconds since 1970, in UTC where no zone stands with them; NaN for what is no time. Of dates
 * with the year at their end the day comes first where points stand between, or a first number is above 12; else the month.
 */
export function timesOf(cells: readonly string[]): number[] {
  const parsed = cells.map((cell) => (isTime(cell) ? partsOf(cell) : undefined));
  const dayFirst =
    parsed.some((each) => each?.last && each.first > 12) ||
    (cells.some((cell) => /^\d{1,2}\./.test(cell)) && !parsed.some((each) => each?.last && each.second > 12));
  return parsed.map((each) => {
    if (!each) return NaN;
    const [month, day] = each.last && dayFirst ? [each.second, each.first] : [each.first, each.second];
    return Date.UTC(each.year, month - 1, day) + each.time;
  });
}

/** The hour that comes twice in autumn, where times are local. */
const HOUR = 60 * MINUTE;

/** The place of the first time that is more than an hour before one above it; undefined where they rise. */
export function firstBackward(times: readonly number[]): number | undefined {
  let latest = -Infinity;
  const place = times.findIndex((time) => {
    if (time < latest - HOUR) return true;
    if (time > latest) latest = time;
    return false;
  });
  return place < 0 ? undefined : place;
}
