import {
  isMissing,
  looksLikeNumber,
  MOSTLY,
  numberFormOf,
  readNumber,
  type NumberForm,
} from './numberForms.js';
import type { Decimal } from './tableSource.js';
import { isDate, isTime } from './times.js';

/** What a column of a table holds: numbers, numbers with signs that training does not read, times, one of a few names, or texts. */
export type ColumnKind = 'number' | 'formatted' | 'time' | 'category' | 'text' | 'empty';

/** What a column of a table looks like, over the rows that were read. */
export interface ColumnProfile {
  /** As the header has it; undefined without one. */
  readonly name: string | undefined;
  /** Counted from 0. */
  readonly place: number;
  readonly kind: ColumnKind;
  /** Cells that are not blank. */
  readonly filled: number;
  readonly distinct: number;
  /** Mean and largest number of characters of a filled cell. */
  readonly characters: { readonly mean: number; readonly most: number };
  /** Mean and largest number of words (between spaces) of a filled cell. */
  readonly words: { readonly mean: number; readonly most: number };
  /** Share of a cell that is the beginning of all of them: high for links, licences and identifiers. */
  readonly sharedPrefix: number;
  /** The script of most letters, as Unicode names it; undefined without letters. */
  readonly script: string | undefined;
  /** The most frequent values with their counts, where they are few. */
  readonly values: readonly (readonly [value: string, count: number])[];
  /** Of numbers: how they are written. */
  readonly form: NumberForm | undefined;
  /** Of numbers: the filled cells that training cannot read as such, and the first of them. */
  readonly odd: { readonly count: number; readonly cell: string; readonly origin: string } | undefined;
  /** Whether it only says which row it is: a different value in each, which rises or falls by row or is named an id. */
  readonly identifies: boolean;
}

/** Names that people give to columns. */
const usualNames =
  /^(text|sentences?|source|target|input|output|src|tgt|label|class|category|type|intent|tags?|tokens|words|title|author|question|answer|message|date|time|id|value|y)$/i;

/**
 * Whether the first row names the columns: no cell of it is blank, a number or a time, all differ, and it has a name that
 * people usually give, or a column that goes on otherwise: with numbers, with times, in another script, with a few values
 * among which the first is not, or with tags of words among which it has none.
 * @param rows the first of a table, all cells.
 */
export function hasHeader(rows: readonly (readonly string[])[]): boolean {
  const [first, ...rest] = rows;
  if (!first || rest.length < 2) return false;
  const cells = first.map((cell) => cell.trim());
  const odd = cells.some((cell) => cell === '' || isNumberOrTime(cell) || cell.length > 40);
  if (odd || new Set(cells).size < cells.length) return false;
  if (cells.some((cell) => usualNames.test(cell))) return true;
  return cells.some((cell, place) => {
    const below = rest.map((row) => (row[place] ?? '').trim()).filter(Boolean);
    if (below.length === 0) return false;
    const values = new Set(below);
    return (
      share(
        below.filter((each) => !isMissing(each)),
        isNumberOrTime,
      ) >= MOSTLY ||
      scriptOf(cell) !== scriptOf(below.join('')) ||
      (values.size * 5 <= below.length && !values.has(cell)) ||
      isOutsideTags(cell, place, rest)
    );
  });
}

/** Times that a tag comes again, on average, where a column holds tags of words. */
const TAG_REPEATS = 20;

/** Whether a column holds a tag for each word of another, and a cell none of those tags. */
function isOutsideTags(cell: string, place: number, rows: readonly (readonly string[])[]): boolean {
  const split = (row: readonly string[], column: number) => (row[column] ?? '').trim().split(/\s+/u);
  const tags = rows.flatMap((row) => split(row, place));
  const kinds = new Set(tags);
  if (tags.length < 2 * rows.length || kinds.size * TAG_REPEATS > tags.length) return false;
  const words = rows[0]!.map((_, column) => column).filter((column) => column !== place);
  const tagged = words.some((column) =>
    rows.every((row) => split(row, column).length === split(row, place).length),
  );
  return tagged && !split([cell], 0).some((tag) => kinds.has(tag));
}

function isNumberOrTime(cell: string): boolean {
  return looksLikeNumber(cell) || isTime(cell);
}

/** Where cells stand, and how they may be written. */
export interface ProfiledTable {
  /** Of each row, for messages: `words.tsv: line 12`; its number by default. */
  readonly origins?: readonly string[];
  /** Whether the reader can be told that numbers have a decimal comma; true by default. */
  readonly decimalComma?: boolean;
}

/** Looks at the cells of every column. @param header the names of the columns, where there are some. */
export function profileColumns(
  rows: readonly (readonly string[])[],
  header?: readonly string[],
  { origins, decimalComma = true }: ProfiledTable = {},
): ColumnProfile[] {
  const count = rows.reduce((most, { length }) => Math.max(most, length), header?.length ?? 0);
  const columns = Array.from({ length: count }, (_, place) => rows.map((row) => (row[place] ?? '').trim()));
  const forms = columns.map((cells) => numberFormOf(cells.filter((cell) => cell !== '')));
  // A table has one decimal sign: where one column shows it, those that could have either have the same.
  const comma = forms.includes('decimal comma');
  return columns.map((cells, place) => {
    const form = forms[place];
    const pointed =
      form === 'plain' && cells.some((cell) => cell.includes('.') && !Number.isNaN(readNumber(cell)));
    return profileColumn(cells, {
      name: header?.[place]?.trim(),
      place,
      form:
        form === 'group'
          ? comma
            ? 'decimal comma'
            : 'thousands'
          : comma && decimalComma && pointed
            ? 'decimal point'
            : form,
      originOf: (row) => origins?.[row] ?? `row ${row + 1}`,
      decimalComma,
    });
  });
}

interface ColumnFacts {
  readonly name: string | undefined;
  readonly place: number;
  readonly form: NumberForm | undefined;
  readonly originOf: (row: number) => string;
  readonly decimalComma: boolean;
}

function profileColumn(
  cells: readonly string[],
  { name, place, form, originOf, decimalComma }: ColumnFacts,
): ColumnProfile {
  const filled = cells.filter((cell) => cell !== '');
  const counts = new Map<string, number>();
  for (const cell of filled) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const lengths = filled.map((cell) => [...cell].length);
  const words = filled.map((cell) => cell.split(/\s+/u).length);
  const legible = form === 'plain' || (form === 'decimal comma' && decimalComma);
  const kind = kindOf(filled, counts, form && (legible ? 'number' : 'formatted'));
  const numeric = kind === 'number' || kind === 'formatted';
  const characters = spread(lengths);
  return {
    name,
    place,
    kind,
    filled: filled.length,
    distinct: counts.size,
    characters,
    words: spread(words),
    sharedPrefix: counts.size > 1 ? sharedPrefix(filled) / characters.mean : 0,
    script: scriptOf(filled.slice(0, 500).join('')),
    values:
      kind === 'category'
        ? [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST_CATEGORIES)
        : [],
    form: numeric ? form : undefined,
    odd: numeric ? oddCells(cells, { form: form!, legible, originOf }) : undefined,
    identifies: counts.size === cells.length && identifies(cells, name),
  };
}

/** The filled cells that training cannot read. */
function oddCells(
  cells: readonly string[],
  { form, legible, originOf }: { form: NumberForm; legible: boolean; originOf: ColumnFacts['originOf'] },
): ColumnProfile['odd'] {
  const isOdd = (cell: string) =>
    cell !== '' && (!legible || Number.isNaN(readNumber(cell, decimalOf(form))));
  // Of what has signs all over the first that shows them.
  const shows = (cell: string) => isOdd(cell) && (legible || Number.isNaN(readNumber(cell)));
  const count = cells.filter(isOdd).length;
  if (count === 0) return undefined;
  const shown = cells.findIndex(shows);
  const row = shown >= 0 ? shown : cells.findIndex(isOdd);
  return { count, cell: cells[row]!, origin: originOf(row) };
}

/** The decimal sign of numbers in such a form. */
export function decimalOf(form: NumberForm | undefined): Decimal {
  return form === 'decimal comma' ? 'comma' : 'point';
}

/** Names that people give to what only says which row it is, as the whole name or its last word. */
const idNames = [/(^|[\s_.-])(id|no|nr|number|index|idx|serial|row|uuid|guid|key)$/i, /[a-z](Id|ID|No|Nr)$/];

/** @param cells of which no two are equal. */
function identifies(cells: readonly string[], name: string | undefined): boolean {
  if (cells.length < 3 || cells.some((cell) => cell === '' || /\s/u.test(cell))) return false;
  const whole = cells.every((cell) => /^-?\d+$/.test(cell));
  const named = name !== undefined && idNames.some((names) => names.test(name));
  if (named && (whole || cells.every((cell) => Number.isNaN(Number(cell))))) return true;
  if (!whole) return false;
  const rises = Number(cells[1]) > Number(cells[0]);
  return cells.every((cell, i) => i === 0 || Number(cell) > Number(cells[i - 1]) === rises);
}

/** Different values that a column of names has at most, and the share of the rows that they are at most. */
const MOST_CATEGORIES = 500;
const CATEGORY_SHARE = 0.05;

function kindOf(
  filled: readonly string[],
  counts: ReadonlyMap<string, number>,
  numbers: 'number' | 'formatted' | undefined,
): ColumnKind {
  if (filled.length === 0) return 'empty';
  const known = filled.filter((cell) => !isMissing(cell));
  if (filled.every(isTime) || share(known, isDate) >= MOSTLY) return 'time';
  const few = counts.size <= Math.min(MOST_CATEGORIES, Math.max(2, CATEGORY_SHARE * filled.length));
  if (!numbers) return few ? 'category' : 'text';
  // Whole numbers that come again and again are names of classes rather than amounts.
  const named =
    few && counts.size <= 20 && filled.every((cell) => isWhole(cell) || Number.isNaN(Number(cell)));
  return numbers === 'number' && named && share(known, isWhole) >= MOSTLY ? 'category' : numbers;
}

function share(cells: readonly string[], holds: (cell: string) => boolean): number {
  return cells.length > 0 ? cells.filter(holds).length / cells.length : 0;
}

function isWhole(cell: string): boolean {
  return /^\d+$/.test(cell);
}

function spread(values: readonly number[]): { mean: number; most: number } {
  if (values.length === 0) return { mean: 0, most: 0 };
  return {
    mean: values.reduce((a, b) => a + b) / values.length,
    most: values.reduce((a, b) => Math.max(a, b)),
  };
}

/** Characters that all cells begin with. */
function sharedPrefix(cells: readonly string[]): number {
  const first = cells[0]!;
  let length = first.length;
  for (const cell of cells) {
    let same = 0;
    while (same < length && cell[same] === first[same]) same++;
    length = same;
  }
  return length;
}

/** Scripts that texts are told apart by; others count as one of no name. */
const scripts = [
  'Latin',
  'Han',
  'Cyrillic',
  'Arabic',
  'Hebrew',
  'Greek',
  'Devanagari',
  'Thai',
  'Hangul',
  'Kana',
];
const scriptLetters = scripts.map((script) => {
  const property = script === 'Kana' ? '\\p{Script=Hiragana}\\p{Script=Katakana}' : `\\p{Script=${script}}`;
  return new RegExp(`[${property}]`, 'gu');
});

function scriptOf(text: string): string | undefined {
  const counts = scriptLetters.map((letters) => text.match(letters)?.length ?? 0);
  const most = Math.max(...counts);
  return most > 0 ? scripts[counts.indexOf(most)] : undefined;
}
