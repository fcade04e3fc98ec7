import { UserError } from '../../tensor/errors.js';
import type { Separator } from '../numberTable.js';
import { readLines } from './lines.js';

/** A column by its index, counted from 0, or by its name in the header. */
export type Column = number | string;

const signs = { tab: '\t', comma: ',' } as const;

/** The cells of a line. */
export interface Row {
  readonly cells: readonly string[];
  /** Where it stands, for messages: `words.tsv: line 12`. */
  readonly origin: string;
  readonly separator: Separator;
}

/**
 * Streams the rows of a table (UTF-8, LF or CRLF, no quoting), a header among them. Blank lines are skipped.
 * @param separator 'comma' for a path that ends in `.csv`, else 'tab', unless it is given.
 * @throws UserError naming the file and the line: see {@link readLines}; also for quotes between commas.
 */
export async function* readRows(
  path: string,
  separator: Separator = /\.csv$/i.test(path) ? 'comma' : 'tab',
): AsyncGenerator<Row> {
  for await (const { text, number } of readLines(path)) {
    if (text === '') continue;
    const origin = `${path}: line ${number}`;
    // Commas inside of quotes would move all cells after them, unnoticed.
    if (separator === 'comma' && text.includes('"'))
      throw new UserError(
        `${origin}: quotes are not read between commas. Take them out, or separate columns by tabs.`,
      );
    yield { cells: text.split(signs[separator]), origin, separator };
  }
}

/** @param role what the cell is, for messages. @throws UserError when the row has no such column. */
export function cellOf({ cells, origin, separator }: Row, index: number, role: string): string {
  const cell = cells[index];
  if (cell !== undefined) return cell;
  const has = cells.length === 1 ? '1 column' : `${cells.length} columns`;
  throw new UserError(
    `${origin}: no ${role} (column ${index}, counted from 0): the row has ${has}. ` +
      `Separate columns by ${separator}s, or correct the row.`,
  );
}

/**
 * The index of a column.
 * @param path of the file, for messages.
 * @throws UserError for a name that the header lacks, or without a header.
 */
export function columnIndex(column: Column, path: string, header?: Row): number {
  if (typeof column === 'number') return column;
  if (!header)
    throw new UserError(`${path}: column "${column}" is given by name. Set header: true, or give its index.`);
  const index = header.cells.indexOf(column);
  if (index >= 0) return index;
  const names = header.cells.map((name) => `"${name}"`).join(', ');
  throw new UserError(`${header.origin}: no column "${column}". The header has ${names}.`);
}

/** @throws UserError: a file has no rows. */
export function noRows(path: string, header: boolean): UserError {
  return new UserError(`${path}: the file has no rows${header ? ' after its header' : ''}.`);
}
