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
 * @throws UserError naming the file and the line: see {@link readRows}; also when a row lacks a column, the header
 * lacks a name, or there is no row.
 */
export async function* readTsv(
  path: string,
  { columns = { source: 0, target: 1 }, header = false }: TsvOptions = {},
): AsyncGenerator<Pair> {
  const indicesOf = (first?: Row) => ({
    source: columnIndex(columns.source, path, first),
    target: columnIndex(columns.target, path, first),
  });
  let indices = header ? undefined : indicesOf();
  let rows = 0;
  for await (const row of readRows(path, 'tab')) {
    if (!indices) {
      indices = indicesOf(row);
      continue;
    }
    yield {
      source: cellOf(row, indices.source, 'source'),
      target: cellOf(row, indices.target, 'target'),
      origin: row.origin,
    };
    rows++;
  }
  if (rows === 0) throw noRows(path, header);
}
