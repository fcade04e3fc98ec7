/** What a column of a table holds: numbers, times, one of a few names, or texts. */
export type ColumnKind = 'number' | 'time' | 'category' | 'text' | 'empty';

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
}

/** Names that people give to columns. */
const usualNames =
  /^(text|sentences?|source|target|input|output|src|tgt|label|class|category|type|intent|tags?|tokens|words|title|author|question|answer|message|date|time|id|value|y)$/i;

/**
 * Whether the first row names the columns: no cell of it is blank, a number or a time, all differ, and it has a name that
 * people usually give, or a column that goes on otherwise: with numbers, with times, in another script, or with a few
 * values among which the first is not.
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
      below.every(isNumberOrTime) ||
      scriptOf(cell) !== scriptOf(below.join('')) ||
      (values.size * 5 <= below.length && !values.has(cell))
    );
  });
}

/** Looks at the cells of every column. @param header the names of the columns, where there are some. */
export function profileColumns(
  rows: readonly (readonly string[])[],
  header?: readonly string[],
): ColumnProfile[] {
  const count = rows.reduce((most, { length }) => Math.max(most, length), header?.length ?? 0);
  return Array.from({ length: count }, (_, place) =>
    profileColumn(
      rows.map((row) => (row[place] ?? '').trim()),
      { name: header?.[place]?.trim(), place },
    ),
  );
}

function profileColumn(
  cells: readonly string[],
  where: { readonly name: string | undefined; readonly place: number },
): ColumnProfile {
  const filled = cells.filter((cell) => cell !== '');
  const counts = new Map<string, number>();
  for (const cell of filled) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const lengths = filled.map((cell) => [...cell].length);
  const words = filled.map((cell) => cell.split(/\s+/u).length);
  const kind = kindOf(filled, counts);
  const characters = spread(lengths);
  return {
    ...where,
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
  };
}

/** Different values that a column of names has at most, and the share of the rows that they are at most. */
const MOST_CATEGORIES = 500;
const CATEGORY_SHARE = 0.05;

function kindOf(filled: readonly string[], counts: ReadonlyMap<string, number>): ColumnKind {
  if (filled.length === 0) return 'empty';
  if (filled.every(isTime)) return 'time';
  const few = counts.size <= Math.min(MOST_CATEGORIES, Math.max(2, CATEGORY_SHARE * filled.length));
  // Whole numbers that come again and again are names of classes rather than amounts.
  if (filled.every(isNumber))
    return few && counts.size <= 20 && filled.every(isWhole) ? 'category' : 'number';
  return few ? 'category' : 'text';
}

function isNumber(cell: string): boolean {
  return cell !== '' && Number.isFinite(Number(cell));
}

function isWhole(cell: string): boolean {
  return /^\d+$/.test(cell);
}

function isTime(cell: string): boolean {
  return /^\d{4}[-/.]\d{1,2}([-/.]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/.test(
    cell,
  );
}

function isNumberOrTime(cell: string): boolean {
  return isNumber(cell) || isTime(cell);
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
