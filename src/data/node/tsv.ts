import { UserError } from '../../tensor/errors.js';
import type { Pair } from '../examples.js';
import { readLines } from './lines.js';

/** A column by its index, counted from 0, or by its name in the header. */
export type Column = number | string;

export interface TsvOptions {
  /** Default: source 0, target 1. */
  columns?: { source: Column; target: Column };
  /** Whether the first line names the columns. Default false. */
  header?: boolean;
}

/**
 * Streams the rows of a file of tab-separated values (UTF-8, LF or CRLF, no quoting). Blank lines are skipped, and an
 * empty target is a target of no tokens.
 * @throws UserError naming the file and the line: see {@link readLines}; also when a row lacks a column, the header
 * lacks a name, or there is no row.
 */
export async function* readTsv(
  path: string,
  { columns = { source: 0, target: 1 }, header = false }: TsvOptions = {},
): AsyncGenerator<Pair> {
  let indices = header ? undefined : columnIndices(path, columns);
  let rows = 0;
  for await (const { text, number } of readLines(path)) {
    if (text === '') continue;
    const cells = text.split('\t');
    if (!indices) {
      indices = columnIndices(path, columns, { cells, number });
      continue;
    }
    const origin = `${path}: line ${number}`;
    yield {
      source: cellOf(cells, indices.source, 'source', origin),
      target: cellOf(cells, indices.target, 'target', origin),
      origin,
    };
    rows++;
  }
  if (rows === 0) throw new UserError(`${path}: the file has no rows${header ? ' after its header' : ''}.`);
}

function cellOf(cells: readonly string[], index: number, role: string, origin: string): string {
  const cell = cells[index];
  if (cell !== undefined) return cell;
  const has = cells.length === 1 ? '1 column' : `${cells.length} columns`;
  throw new UserError(
    `${origin}: no ${role} (column ${index}, counted from 0): the row has ${has}. ` +
      `Separate columns by tabs, or correct the row.`,
  );
}

function columnIndices(
  path: string,
  columns: { source: Column; target: Column },
  header?: { cells: readonly string[]; number: number },
): { source: number; target: number } {
  const indexOf = (column: Column): number => {
    if (typeof column === 'number') return column;
    if (!header) {
      throw new UserError(
        `${path}: column "${column}" is given by name. Set header: true, or give its index.`,
      );
    }
    const index = header.cells.indexOf(column);
    if (index >= 0) return index;
    const names = header.cells.map((name) => `"${name}"`).join(', ');
    throw new UserError(`${path}: line ${header.number}: no column "${column}". The header has ${names}.`);
  };
  return { source: indexOf(columns.source), target: indexOf(columns.target) };
}
