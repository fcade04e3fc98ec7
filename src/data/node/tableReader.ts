import type { Column } from '../tableSource.js';

/** A field that is wanted of each row. */
export interface Wanted {
  readonly column: Column;
  /** What it is, for messages. */
  readonly role: string;
  /** Whether a row may lack it: its cell is then empty. */
  readonly optional?: boolean;
}

/** A row as it stands in a file. */
export interface RawRow {
  /** Of its line or row, counted from 1. */
  readonly number: number;
  /** Why it cannot be read, to follow its place: `: …` or `, column 4: …`. */
  readonly problem?: string;
}

/** One table, and how the cells of its rows are found. */
export interface TableReader<R extends RawRow = RawRow> {
  readonly blocks: AsyncIterable<readonly R[]>;
  /** What the number of a row counts. */
  readonly unit: 'line' | 'row';
  /**
   * Whether a row only names the columns; called with each row in turn, before its cells are wanted.
   * @throws UserError when the table lacks a wanted column.
   */
  isHeader(row: R, origin: string): boolean;
  /** The wanted cells of a row. @throws UserError when it lacks one. */
  cells(row: R, origin: string): string[];
  /** All columns, by the first row. */
  columns(first: R): Column[] | Promise<Column[]>;
}
