import type { SplitMarks } from './splitMarks.js';

/** Columns of numbers. */
export interface NumberTable {
  /** From the header, or `column 3`. [columns] */
  readonly names: readonly string[];
  /** Row by row. [rows · columns] */
  readonly values: Float64Array;
  /** The column of texts, where one was asked for. [rows] */
  readonly texts?: readonly string[];
  /** The column of second texts, where one was asked for. [rows] */
  readonly contexts?: readonly string[];
  /** Further columns as they stand, where they were asked for, by what they are called. [rows] */
  readonly others?: Readonly<Record<string, readonly string[]>>;
  /** What rows are split by, where columns of that were asked for. [rows] */
  readonly marks?: readonly SplitMarks[];
  /** Where each row stands, for messages: `series.csv: line 12`. [rows] */
  readonly origins: readonly string[];
}
