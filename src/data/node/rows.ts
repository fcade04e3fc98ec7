import { UserError } from '../../tensor/errors.js';
import { BadRows } from '../badRows.js';
import type { Column, TableSource } from '../tableSource.js';
import { isFolder, requireDataSetFiles } from './dataSetFolder.js';
import { KeyedTable } from './keyedTable.js';
import { SeparatedTable } from './separatedTable.js';
import { formOf } from './tableFormat.js';
import type { RawRow, TableReader, Wanted } from './tableReader.js';

export type { Column } from '../tableSource.js';

/** The fields of a row that were asked for. */
export interface Row<Field extends string = string> {
  readonly fields: Readonly<Record<Field, string>>;
  /** Where it stands, for messages: `words.tsv: line 12`, `words.parquet: row 12`. */
  readonly origin: string;
}

export interface RowsOptions {
  /** What is done about rows that cannot be read; by default the first is thrown. */
  readonly badRows?: BadRows;
  /** What a field is, for messages; by default its name. */
  readonly role?: (field: string) => string;
  /** Whether rows may lack cells, or have others than texts and numbers there: these are then empty. False by default. */
  readonly optional?: boolean;
}

/**
 * Streams the rows of a table: TSV, CSV, JSON Lines, Parquet or plain text, `.gz` or not, or of a split of a Hugging Face
 * data set's folder. Memory stays bounded by the longest row, of Parquet by its row groups. Blank lines are left out.
 * - TSV: cells between tabs, as they stand. CSV: cells between commas or semicolons, in quotes or not (RFC 4180); a row
 *   with more cells than the first is a bad one.
 * - JSON Lines and Parquet: a column is a key, dots lead to what lies deeper (`translation.en`, `answers.text.0`), and a
 *   number counts the keys of the first row. Numbers and truth values become texts, numbers of which the
 *   Hugging Face library notes that they are classes the names of those, lists their items with spaces between; null is no
 *   text.
 * - Text: a line is the one cell of a row.
 * @param columns where each field stands.
 * @throws UserError naming the file and the line or row, where it is known the column: for a file that is missing, empty
 * or damaged or has no such column, for a bad row under the policy 'fail', and when there is no row at all.
 */
export async function* readRows<Field extends string>(
  source: TableSource,
  columns: Readonly<Record<Field, Column>>,
  { badRows = new BadRows(), role = (field) => field, optional = false }: RowsOptions = {},
): AsyncGenerator<Row<Field>> {
  const fields = Object.keys(columns) as Field[];
  const wanted = fields.map((field) => ({ column: columns[field], role: role(field), optional }));
  const before = badRows.count;
  let rows = 0;
  for (const table of await tablesOf(source))
    for await (const { cells, origin } of cellsOf(readerOf(table, wanted), table.file, badRows)) {
      rows++;
      const named = {} as Record<Field, string>;
      fields.forEach((field, i) => (named[field] = cells[i]!));
      yield { fields: named, origin };
    }
  if (rows === 0) throw noRows(source, badRows.count > before ? badRows : undefined);
}

/** All columns of a table: their names, or their places where it has none. @throws UserError as {@link readRows}. */
export async function tableColumns(source: TableSource): Promise<Column[]> {
  const [table] = await tablesOf(source);
  const reader = readerOf(table!, []);
  return reader.columns(await firstRow(reader, table!));
}

/** The first row that can be read. @throws UserError with what is wrong with the first one where none can, and without rows. */
async function firstRow<R extends RawRow>(reader: TableReader<R>, table: TableSource): Promise<R> {
  let reason: string | undefined;
  for await (const rows of reader.blocks)
    for (const row of rows) {
      if (row.problem === undefined) return row;
      reason ??= `${table.file}: ${reader.unit} ${row.number}${row.problem}`;
    }
  const form = formOf(table);
  throw reason === undefined
    ? noRows({ file: table.file, header: form.separated && form.header })
    : new UserError(reason);
}

/**
 * All columns of a table in which texts or numbers may stand, by the first row: of those with keys inside, these
 * (`translation.en`). @throws UserError as {@link readRows}.
 */
export async function leafColumns(source: TableSource): Promise<Column[]> {
  const [table] = await tablesOf(source);
  const form = formOf(table!);
  const names = await tableColumns(source);
  if (form.separated) return names;
  const wanted = names.map((column) => ({ column, role: 'column' }));
  const { value } = await firstRow(new KeyedTable(table!.file, wanted, form), table!);
  return names.flatMap((name) => leavesOf(value[name], String(name)));
}

function leavesOf(value: unknown, name: string): string[] {
  const isGroup =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date);
  if (!isGroup) return [name];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${name}.${key}`));
}

function readerOf(table: TableSource, wanted: readonly Wanted[]): TableReader {
  const form = formOf(table);
  return form.separated
    ? new SeparatedTable(table.file, wanted, form)
    : new KeyedTable(table.file, wanted, form);
}

async function* cellsOf<R extends RawRow>(
  reader: TableReader<R>,
  file: string,
  badRows: BadRows,
): AsyncGenerator<{ cells: readonly string[]; origin: string }> {
  const place = `${file}: ${reader.unit} `;
  for await (const block of reader.blocks)
    for (const row of block) {
      const origin = place + row.number;
      // Without knowing the columns nothing can be read, so no policy helps.
      if (reader.isHeader(row, origin)) continue;
      const cells = badRows.attempt(origin, () => {
        if (row.problem !== undefined) throw new UserError(origin + row.problem);
        return reader.cells(row, origin);
      });
      if (cells) yield { cells, origin };
    }
}

/** The tables of a source: one, or those that a split of a folder consists of. */
async function tablesOf(source: TableSource): Promise<TableSource[]> {
  // A format is that of a file.
  if (source.format !== undefined || !(await isFolder(source.file))) return [source];
  const { file: folder, subset, split = 'train', encoding } = source;
  const files = await requireDataSetFiles(folder, { subset, split });
  return files.map((file) => ({ file, encoding, header: true }));
}

/** What is wrong with a table of which no row is left. @param bad rows that were left out of it. */
export function noRows({ file, header }: TableSource, bad?: BadRows): UserError {
  if (bad) return new UserError(`${file}: no row can be read: ${bad.notes.join('')}`);
  return new UserError(`${file}: the file has no rows${header ? ' after its header' : ''}.`);
}
