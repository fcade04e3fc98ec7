import { UserError } from '../../tensor/errors.js';
import { BadRows } from '../badRows.js';
import type { NumberTable } from '../numberTable.js';
import { readNumber } from '../numberForms.js';
import { SplitColumns } from '../splitColumns.js';
import type { SplitMarks } from '../splitMarks.js';
import type { Decimal, TableSource } from '../tableSource.js';
import { noRows, readRows, tableColumns, type Column } from './rows.js';

export interface NumbersOptions extends Omit<TableSource, 'file'> {
  /** In the order in which they are wanted; all columns of the first row by default. */
  readonly columns?: readonly Column[];
  /** A column that is read as texts. */
  readonly text?: Column;
  /** A second column that is read as texts, beside the first. */
  readonly context?: Column;
  /** Further columns that are read as they stand, by what they are to be called. */
  readonly others?: Readonly<Record<string, Column>>;
  /** The columns that rows are split by; none by default. */
  readonly splitBy?: SplitColumns;
  /** What is done about rows that cannot be read; by default the first is thrown. */
  readonly badRows?: BadRows;
}

/**
 * Reads columns of numbers from a table, in any format that `readRows` reads.
 * @throws UserError naming the file, the line or row, and the column of what is no finite number; also as `readRows` and
 * `SplitColumns`.
 */
export async function readNumbers(
  path: string,
  {
    columns,
    text,
    context,
    others = {},
    badRows = new BadRows(),
    splitBy = new SplitColumns(),
    ...form
  }: NumbersOptions = {},
): Promise<NumberTable> {
  const source = { ...form, file: path };
  const all = await tableColumns(source);
  const wanted = columns ?? all;
  const names = wanted.map((column) => nameOf(column, all));
  const fields: Record<string, Column> = {
    ...Object.fromEntries(wanted.entries()),
    ...(text !== undefined && { text }),
    ...(context !== undefined && { context }),
    ...others,
    ...splitBy.columns,
  };
  const role = (field: string) => (/^\d+$/.test(field) ? 'number' : field);
  const values: number[] = [];
  const texts = { text: [] as string[], context: [] as string[] };
  const read = Object.keys(others).map((name) => ({ name, cells: [] as string[] }));
  const origins: string[] = [];
  const marks: SplitMarks[] = [];
  for await (const { fields: cells, origin } of readRows(source, fields, { badRows, role })) {
    const row = badRows.attempt(origin, () => ({
      numbers: names.map((name, i) =>
        numberIn(cells[i]!, { origin, name, column: wanted[i]!, decimal: form.decimal }),
      ),
      marks: splitBy.marks(cells, origin),
    }));
    if (!row) continue;
    for (const number of row.numbers) values.push(number);
    marks.push(row.marks);
    if (text !== undefined) texts.text.push(cells['text']!);
    if (context !== undefined) texts.context.push(cells['context']!);
    for (const other of read) other.cells.push(cells[other.name]!);
    origins.push(origin);
  }
  if (origins.length === 0) throw noRows(source, badRows);
  return {
    names,
    values: Float64Array.from(values),
    ...(text !== undefined && { texts: texts.text }),
    ...(context !== undefined && { contexts: texts.context }),
    ...(read.length > 0 && { others: Object.fromEntries(read.map((other) => [other.name, other.cells])) }),
    ...(splitBy.some && { marks }),
    origins,
  };
}

/** A column's name in the header, or `column 3`. */
function nameOf(column: Column, all: readonly Column[]): string {
  if (typeof column === 'string') return column;
  const name = all[column];
  return typeof name === 'string' ? name : `column ${column}`;
}

interface Cell {
  readonly origin: string;
  readonly name: string;
  readonly column: Column;
  readonly decimal: Decimal | undefined;
}

/** @throws UserError unless the cell is a finite number. */
function numberIn(text: string, { origin, name, column, decimal = 'point' }: Cell): number {
  const value = readNumber(text, decimal);
  if (!Number.isNaN(value)) return value;
  const cell = text.trim();
  const place = name === `column ${column}` ? name : `column ${JSON.stringify(name)}`;
  const other = decimal === 'point' ? 'comma' : 'point';
  const remedy = Number.isNaN(readNumber(cell, other))
    ? ''
    : ` with a decimal ${decimal}, but looks like one with a decimal ${other}. Correct it, or where all numbers of a CSV or TSV file are written so say decimal: ${other} beside its name`;
  throw new UserError(
    cell === ''
      ? `${origin}, ${place}: the cell is empty. Give it a number, or leave the row or the column out.`
      : `${origin}, ${place}: ${JSON.stringify(cell)} is not a number${remedy || '. Correct it'}, or leave the column out.`,
  );
}
