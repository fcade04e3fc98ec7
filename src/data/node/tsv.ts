import type { Pair } from '../examples.js';
import { readRows, type Column } from './rows.js';

export type { Column } from './rows.js';

export interface TsvOptions {
  /** Default: source 0, target 1. */
  columns?: { source: Column; target: Column };
  /** Whether the first line names the columns. Default false. */
  header?: boolean;
}

/**
 * Streams the rows of a file of tab-separated values (UTF-8, LF or CRLF, no quoting), whatever its name. Blank lines are
 * skipped, and an empty target is a target of no tokens.
 * @throws UserError naming the file and the line: see {@link readRows}; also when a row lacks a column, the header
 * lacks a name, or there is no row.
 */
export async function* readTsv(
  path: string,
  { columns = { source: 0, target: 1 }, header = false }: TsvOptions = {},
): AsyncGenerator<Pair> {
  for await (const { fields, origin } of readRows({ file: path, format: 'tsv', header }, columns))
    yield { ...fields, origin };
}
