import { UserError } from '../../tensor/errors.js';
import type { NumberTable, Separator } from '../numberTable.js';
import { cellOf, columnIndex, noRows, readRows, type Column, type Row } from './rows.js';

export interface NumbersOptions {
  /** In the order in which they are wanted; all columns of the first row by default. */
  readonly columns?: readonly Column[];
  /** A column that is read as texts. */
  readonly text?: Column;
  /** A second column that is read as texts, beside the first. */
  readonly context?: Column;
  /** Whether the first line names the columns; false by default. */
  readonly header?: boolean;
  /** 'comma' for a path that ends in `.csv`, else 'tab', by default. */
  readonly separator?: Separator;
}

/**
 * Reads columns of numbers from a table.
 * @throws UserError naming the file, the line and the column of what is no finite number; also as `readTsv`.
 */
export async function readNumbers(
  path: string,
  { columns, text, context, header = false, separator }: NumbersOptions = {},
): Promise<NumberTable> {
  let places: Places | undefined;
  const values: number[] = [];
  const texts = { text: [] as string[], context: [] as string[] };
  const origins: string[] = [];
  for await (const row of readRows(path, separator)) {
    const isHeader = header && !places;
    places ??= placesOf(path, { columns, text, context }, row, header);
    if (isHeader) continue;
    const { names, indices } = places;
    indices.forEach((index, i) => values.push(numberIn(row, index, names[i]!)));
    for (const [role, index] of places.texts) texts[role].push(cellOf(row, index, role));
    origins.push(row.origin);
  }
  if (origins.length === 0) throw noRows(path, header);
  return {
    names: places!.names,
    values: Float64Array.from(values),
    ...(text !== undefined && { texts: texts.text }),
    ...(context !== undefined && { contexts: texts.context }),
    origins,
  };
}

/** Where the wanted columns stand. */
interface Places {
  readonly names: readonly string[];
  readonly indices: readonly number[];
  readonly texts: readonly (readonly ['text' | 'context', number])[];
}

function placesOf(
  path: string,
  { columns, text, context }: NumbersOptions,
  first: Row,
  header: boolean,
): Places {
  const wanted = columns ?? first.cells.map((_, i) => i);
  const indexOf = (column: Column) => columnIndex(column, path, header ? first : undefined);
  const indices = wanted.map(indexOf);
  return {
    indices,
    texts: Object.entries({ text, context }).flatMap(([role, column]) =>
      column === undefined ? [] : [[role as 'text' | 'context', indexOf(column)] as const],
    ),
    names: indices.map((index) => (header ? cellOf(first, index, 'column') : `column ${index}`)),
  };
}

/** @throws UserError unless the cell is a finite number. */
function numberIn(row: Row, index: number, name: string): number {
  const cell = cellOf(row, index, 'number').trim();
  const value = Number(cell);
  if (cell !== '' && Number.isFinite(value)) return value;
  const place = name === `column ${index}` ? name : `column ${JSON.stringify(name)}`;
  throw new UserError(
    cell === ''
      ? `${row.origin}, ${place}: the cell is empty. Give it a number, or leave the row or the column out.`
      : `${row.origin}, ${place}: ${JSON.stringify(cell)} is not a number. Correct it, or leave the column out.`,
  );
}
