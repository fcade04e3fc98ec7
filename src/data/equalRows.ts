import { hashNumbers } from './fingerprint.js';
import { splitNames, type SplitName } from './split.js';

/** Rows of numbers end to end: pixels of images, features, steps of a series. */
export interface NumberRows {
  readonly values: Float32Array | Float64Array;
  /** Numbers of a row. */
  readonly width: number;
}

/** The same numbers in two parts of the data. */
export interface EqualRows {
  /** The two parts, in the order of `splitNames`. */
  readonly parts: readonly [SplitName, SplitName];
  /** Where they stand in each, as the index of their (first) row. */
  readonly rows: readonly [number, number];
}

interface Place {
  readonly part: SplitName;
  readonly row: number;
}

/**
 * Rows that two parts share, number by number: figures on such a part tell what a model remembers. They are found by a
 * hash of each and then compared. One for each row of the later part.
 * @param length rows that count together, for series: any that follow each other are looked for, those in which nothing
 * changes excepted, which say nothing; 1 by default.
 */
export function findEqualRows(parts: Readonly<Record<SplitName, NumberRows>>, length = 1): EqualRows[] {
  const first = new Map<number, Place[]>();
  const found: EqualRows[] = [];
  const same = (one: Place, other: Place) => {
    const [some, others] = [parts[one.part], parts[other.part]];
    for (let i = 0; i < length * some.width; i++)
      if (some.values[one.row * some.width + i] !== others.values[other.row * others.width + i]) return false;
    return true;
  };
  for (const part of splitNames)
    windowHashes(parts[part], length).forEach((hash, row) => {
      if (length > 1 && isFlat(parts[part], row, length)) return;
      const alike = first.get(hash) ?? [];
      const known = alike.find((place) => same(place, { part, row }));
      if (!known) first.set(hash, [...alike, { part, row }]);
      else if (known.part !== part) found.push({ parts: [known.part, part], rows: [known.row, row] });
    });
  return found;
}

/** Odd, so that no bit of a hash is lost: the prime of FNV-1. */
const BASE = 16777619;

/** A hash of each `length` rows that follow each other, rolling on from row to row (Karp & Rabin 1987), modulo 2³². */
function windowHashes({ values, width }: NumberRows, length: number): Uint32Array {
  const count = values.length / width;
  const own = Uint32Array.from({ length: count }, (_, row) =>
    hashNumbers([values.subarray(row * width, (row + 1) * width)], width),
  );
  let leaving = 1;
  for (let i = 0; i < length; i++) leaving = Math.imul(leaving, BASE);
  const hashes = new Uint32Array(Math.max(0, count - length + 1));
  let hash = 0;
  own.forEach((each, row) => {
    hash = (Math.imul(hash, BASE) + each) | 0;
    if (row >= length) hash = (hash - Math.imul(own[row - length]!, leaving)) | 0;
    if (row >= length - 1) hashes[row - length + 1] = hash;
  });
  return hashes;
}

function isFlat({ values, width }: NumberRows, row: number, length: number): boolean {
  for (let i = (row + 1) * width; i < (row + length) * width; i++)
    if (values[i] !== values[i - width]) return false;
  return true;
}
