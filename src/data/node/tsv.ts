import type { Pair } from '../examples.js';
import { cellOf, columnIndex, noRows, readRows, type Column, type Row } from './rows.js';

export type { Column } from './rows.js';

export interface TsvOptions {
  /** Default: source 0, target 1. */
  columns?: { source: Column; target: Column };
  /** Whether the first line names the columns. Default false. */
  header?: boolean;
}

/**
 * Streams the rows of a file of tab-separated values (UTF-8, LF or CRLF, no quoting). Blank lines are skipped, and an
 * empty target is a target of no tokens.
 * @throws UserError as {@link readColumns}.
 */
export async function* readTsv(
  path: string,
  { columns = { source: 0, target: 1 }, header = false }: TsvOptions = {},
): AsyncGenerator<Pair> {
  for await (const { cells, origin } of readColumns(path, { columns, header })) yield { ...cells, origin };
}

/**
 * Streams some columns of a file of tab-separated values, under names that messages call them by.
 * @throws UserError naming the file and the line: see {@link readRows}; also when a row lacks a column, the header
 * lacks a name, or there is no row.
 */
export async function* readColumns<Name extends string>(
  path: string,
  { columns, header }: { readonly columns: Readonly<Record<Name, Column>>; readonly header: boolean },
): AsyncGenerator<{ readonly cells: Readonly<Record<Name, string>>; readonly origin: string }> {
  const named = Object.entries<Column>(columns) as [Name, Column][];
  const indicesOf = (first?: Row) =>
    named.map(([name, column]) => [name, columnIndex(column, path, first)] as const);
  let indices = header ? undefined : indicesOf();
  let rows = 0;
  for await (const row of readRows(path, 'tab')) {
    if (!indices) {
      indices = indicesOf(row);
      continue;
    }
    const cells = indices.map(([name, index]) => [name, cellOf(row, index, name)] as const);
    yield { cells: Object.fromEntries(cells) as Record<Name, string>, origin: row.origin };
    rows++;
  }
  if (rows === 0) throw noRows(path, header);
}
