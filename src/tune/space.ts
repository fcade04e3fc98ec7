import { hashText, randomKey, randomUniform } from '../tensor/random.js';

/** A value that a key of a configuration can have, as YAML and JSON hold it. */
export type Value = unknown;

/** Values by key: `training.optimizer.learningRate` → 0.002. */
export type Values = Readonly<Record<string, Value>>;

/**
 * What a key may be, and how it is drawn: evenly between two numbers, evenly on a logarithmic scale, a whole number of
 * a range (both ends included), or one of a list. Ranges are [lowest, highest]; `points` is how many values of a range
 * a grid tries, its ends by default.
 */
export type Dimension =
  | { readonly uniform: readonly number[]; readonly points?: number }
  | { readonly logUniform: readonly number[]; readonly points?: number }
  | { readonly integer: readonly number[] }
  | { readonly choice: readonly Value[] };

/** Keys of a configuration and what each may be. */
export type Space = Readonly<Record<string, Dimension>>;

/** Digits of a drawn number: more say nothing, and are hard to read. */
const DIGITS = 4;

/** The range of a numeric dimension; undefined of a choice. */
export function rangeOf(dimension: Dimension): readonly [low: number, high: number] | undefined {
  if ('choice' in dimension) return undefined;
  const [low, high] =
    'uniform' in dimension
      ? dimension.uniform
      : 'logUniform' in dimension
        ? dimension.logUniform
        : dimension.integer;
  return [low!, high!];
}

/** Where a value lies in its dimension, in [0, 1]; a choice lies in the middle of its share. */
export function encode(dimension: Dimension, value: Value): number {
  if ('choice' in dimension) {
    const index = dimension.choice.findIndex((each) => sameValue(each, value));
    return (index + 0.5) / dimension.choice.length;
  }
  const [low, high] = rangeOf(dimension)!;
  const number = value as number;
  if ('integer' in dimension) return (number - low + 0.5) / (high - low + 1);
  if ('logUniform' in dimension) return Math.log(number / low) / Math.log(high / low);
  return (number - low) / (high - low);
}

/** The value at a place in [0, 1] of a dimension; numbers are rounded to four digits. */
export function decode(dimension: Dimension, place: number): Value {
  if ('choice' in dimension) {
    const { choice } = dimension;
    return choice[Math.min(choice.length - 1, Math.floor(place * choice.length))];
  }
  const [low, high] = rangeOf(dimension)!;
  if ('integer' in dimension) return Math.min(high, low + Math.floor(place * (high - low + 1)));
  const exact = 'logUniform' in dimension ? low * (high / low) ** place : low + place * (high - low);
  return Math.min(high, Math.max(low, Number(exact.toPrecision(DIGITS))));
}

function sameValue(a: Value, b: Value): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether two combinations give every key the same value. */
export function sameValues(a: Values, b: Values): boolean {
  return Object.keys(a).every((key) => sameValue(a[key], b[key]));
}

/** Draws every key evenly. @param key of the random numbers; each key of the space has its own stream. */
export function drawValues(space: Space, key: number): Values {
  return Object.fromEntries(
    Object.entries(space).map(([name, dimension]) => [
      name,
      decode(dimension, randomUniform(randomKey(key, hashText(name)), 0)),
    ]),
  );
}

/**
 * All combinations of a space, ranges of real numbers by their `points`; of the keys in their alphabetical order, so that
 * the same space gives the same list, the last changes fastest.
 */
export function gridOf(space: Space): Values[] {
  const sorted = Object.entries(space).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.reduce<Values[]>(
    (all, [name, dimension]) =>
      all.flatMap((values) => gridPoints(dimension).map((value) => ({ ...values, [name]: value }))),
    [{}],
  );
}

/** How many combinations {@link gridOf} has. */
export function gridSize(space: Space): number {
  return Object.values(space).reduce((product, dimension) => product * pointsOf(dimension), 1);
}

function pointsOf(dimension: Dimension): number {
  if ('choice' in dimension) return dimension.choice.length;
  if ('integer' in dimension) return dimension.integer[1]! - dimension.integer[0]! + 1;
  return dimension.points ?? 2;
}

function gridPoints(dimension: Dimension): readonly Value[] {
  const points = pointsOf(dimension);
  if ('choice' in dimension) return dimension.choice;
  if ('integer' in dimension) return Array.from({ length: points }, (_, i) => dimension.integer[0]! + i);
  return Array.from({ length: points }, (_, i) => decode(dimension, i / (points - 1)));
}

/** The least and the greatest value of a range, or all of a choice: where a value can be wrong. */
export function extremes(dimension: Dimension): readonly Value[] {
  return 'choice' in dimension ? dimension.choice : rangeOf(dimension)!;
}

/**
 * Keys without what comes before their last parts, as far as they stay apart and say what they are of:
 * `training.optimizer.learningRate` → `optimizer.learningRate`.
 */
export function shortNames(keys: readonly string[]): string[] {
  return keys.map((key) => {
    const parts = key.split('.');
    for (let count = 2; count < parts.length; count++) {
      const short = parts.slice(-count).join('.');
      if (keys.filter((other) => other === short || other.endsWith(`.${short}`)).length === 1) return short;
    }
    return key;
  });
}
