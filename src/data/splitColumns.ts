import { requireText } from './examples.js';
import { marksOf, type SplitMarks } from './splitMarks.js';
import type { Column } from './tableSource.js';
import { timeReader } from './timeSplit.js';

/** What of a configuration says which columns rows are split by. */
export interface SplitBy {
  readonly groupBy?: string | { readonly column: Column };
  readonly orderBy?: { readonly column: Column } | undefined;
}

/** The columns that the rows of a table are split by, and what their cells say. */
export class SplitColumns {
  /** By the names of the fields that they become. */
  readonly columns: Readonly<Record<string, Column>>;
  private readonly timeOf = timeReader();

  /** @param split none by default: rows that are not split. */
  constructor({ groupBy, orderBy }: SplitBy = {}) {
    this.columns = {
      ...(typeof groupBy === 'object' && { group: groupBy.column }),
      ...(orderBy && { time: orderBy.column }),
    };
  }

  /** Whether there are any. */
  get some(): boolean {
    return Object.keys(this.columns).length > 0;
  }

  /** Their cells as they stand, one after the other. */
  cells(fields: Readonly<Record<string, string>>): string {
    return Object.keys(this.columns)
      .map((name) => fields[name]!)
      .join('\t');
  }

  /** @throws UserError naming the row whose group is empty, or whose time is none (`timeReader`). */
  marks(fields: Readonly<Record<string, string>>, origin: string): SplitMarks {
    const { group, time } = fields;
    if (group !== undefined) requireText(group, 'group', origin);
    return marksOf({ group, time: time === undefined ? undefined : this.timeOf(time, origin) });
  }
}
