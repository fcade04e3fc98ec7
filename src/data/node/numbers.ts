import { UserError } from '../../tensor/errors.js';
import type { NumberTable, Separator } from '../numberTable.js';
import { cellOf, columnIndex, noRows, readRows, type Column, type Row } from './rows.js';

export interface NumbersOptions {
  /** In the order in which they are wanted; all columns of the first row by default. */
  readonly columns?: readonly Column[];
  /** A column that is read as texts. */
  readonly text?: Column;
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
  { columns, text, header = false, separator }: NumbersOptions = {},
): Promise<NumberTable> {
  let places: { names: string[]; indices: number[]; text: number | undefined } | undefined;
  const values: number[] = [];
  const texts: string[] = [];
  const origins: string[] = [];
  for await (const row of readRows(path, separator)) {
    const isHeader = header && !places;
    places ??= placesOf(path, columns, text, row, header);
    if (isHeader) continue;
    const { names, indices } = places;
    indices.forEach((index, i) => values.push(numberIn(row, index, names[i]!)));
    if (places.text !== undefined) texts.push(cellOf(row, places.text, 'text'));
    origins.push(row.origin);
  }
  if (origins.length === 0) throw noRows(path, header);
  const numbers = { names: places!.names, values: Float64Array.from(values), origins };
  return text === undefined ? numbers : { ...numbers, texts };
}

function placesOf(
  path: string,
  columns: readonly Column[] | undefined,
  text: Column | undefined,
  first: Row,
  header: boolean,
): { names: string[]; indices: number[]; text: number | undefined } {
  const wanted = columns ?? first.cells.map((_, i) => i);
  const indexOf = (column: Column) => columnIndex(column, path, header ? first : undefined);
  const indices = wanted.map(indexOf);
  return {
    indices,
    text: text === undefined ? undefined : indexOf(text),
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
