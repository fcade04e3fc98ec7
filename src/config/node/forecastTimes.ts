import { readRows, tableColumns } from '../../data/node/rows.js';
import { nextTimes } from '../../data/nextTimes.js';
import type { Column, TableSource } from '../../data/tableSource.js';

/** When the rows of a forecast are. */
export interface ForecastTimes {
  /** The column of the table that says when its rows are. */
  readonly name: string;
  /** [horizon], written as there. */
  readonly times: readonly string[];
}

/**
 * Goes on with the first column beside the variables of a table that has dates at equal steps in its last rows.
 * @param options.rows how many these are. @param options.count of times that are wanted.
 * @returns undefined where there is no such column.
 */
export async function forecastTimes(
  { columns: variables, ...source }: TableSource & { readonly columns?: readonly Column[] | undefined },
  { rows, count }: { readonly rows: number; readonly count: number },
): Promise<ForecastTimes | undefined> {
  const all = await tableColumns(source);
  const others = all.filter(
    (column, i) => variables && !variables.includes(column) && !variables.includes(i),
  );
  if (others.length === 0) return undefined;
  const fields = Object.fromEntries(others.entries());
  let last: Readonly<Record<string, string>>[] = [];
  for await (const { fields: cells } of readRows(source, fields, { optional: true })) {
    last.push(cells);
    if (last.length >= 2 * rows) last = last.slice(-rows);
  }
  for (const [i, column] of others.entries()) {
    const times = nextTimes(
      last.slice(-rows).map((cells) => cells[i]!),
      count,
    );
    if (times) return { name: typeof column === 'string' ? column : `column ${column}`, times };
  }
  return undefined;
}
