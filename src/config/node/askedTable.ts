import { extname, dirname, resolve } from 'node:path';
import { BadRows } from '../../data/badRows.js';
import { readRows, tableColumns } from '../../data/node/rows.js';
import { formatOf } from '../../data/node/tableFormat.js';
import type { Column, TableSource } from '../../data/tableSource.js';
import { UserError } from '../../tensor/errors.js';
import { featuresOf, type AskedText, type ContextKind } from '../askedTexts.js';
import { askedSources, type AskedSource } from '../askedSources.js';
import type { ReadColumns } from '../readColumns.js';
import type { Config } from '../schema.js';

/** A text that is asked about, and where it stands. */
export interface AskedRow {
  readonly asked: AskedText;
  readonly origin: string;
}

/** A file of what is asked: a table with the columns of a run, or lines. */
export type AskedFile =
  | { readonly table: AskedSource }
  | {
      /** Of the lines: that of the run's table. */
      readonly encoding: string | undefined;
      /** Columns that it would need to be read as the table that its name says it is. */
      readonly missing: readonly string[];
    };

/**
 * How a file of what is asked is read: as a table where it names the columns that the run reads of its own, else line by
 * line. Only columns with names are told from plain lines: those of a header, of JSON Lines and of Parquet.
 */
export async function askedFile(config: Config, file: string): Promise<AskedFile> {
  const sources = askedSources(config);
  const missing: string[] = [];
  for (const { source, columns } of sources) {
    const named = await namedColumns(source, columns);
    if (!named) continue;
    const table = { source: writtenAs(source, file), columns: named };
    // Lines of JSON are no texts, nor are the bytes of Parquet.
    if (isKeyed(file)) return { table };
    const absent = await absentColumns(table);
    if (absent?.length === 0) return { table };
    if (absent && missing.length === 0) missing.push(...absent);
  }
  const isTable = formatOf(file) !== undefined;
  return { encoding: sources[0]?.source.encoding, missing: isTable ? missing : [] };
}

/**
 * The texts of a table that is asked about, with their contexts; paths of images count from its folder.
 * @throws UserError as `readRows`; a cell that is no number makes a bad row.
 */
export async function* readAskedRows(
  { source, columns: { text, context, image, features = [] } }: AskedSource,
  kind: ContextKind,
  badRows = new BadRows(),
): AsyncGenerator<AskedRow> {
  const beside = kind === 'image' ? image : context;
  const fields: Record<string, Column> = {
    text: text!,
    ...(beside !== undefined && { context: beside }),
    ...Object.fromEntries(features.entries()),
  };
  const role = (field: string) => (/^\d+$/.test(field) ? 'number' : field);
  const folder = dirname(source.file);
  for await (const { fields: cells, origin } of readRows(source, fields, { badRows, role })) {
    const own = cells['text']!;
    const numbers = features.map((_, i) => cells[i]!);
    const asked = badRows.attempt(origin, (): AskedText => {
      if (kind === 'none') return own;
      if (typeof kind === 'object')
        return { text: own, context: featuresOf(numbers, kind, origin, source.decimal) };
      const second = cells['context']!;
      return { text: own, context: kind === 'image' ? resolve(folder, second) : second };
    });
    if (asked !== undefined) yield { asked, origin };
  }
}

/** How a file is written beside a run's table: in the same way, unless its name says another. */
function writtenAs(
  { file: own, format, separator, encoding, decimal }: TableSource,
  file: string,
): TableSource {
  const named = formatOf(file);
  if (named === 'parquet') return { file };
  const alike = named === undefined || extname(file) === extname(own);
  return { file, encoding, header: true, ...(alike && { format, separator, decimal }) };
}

function isKeyed(file: string): boolean {
  return ['jsonl', 'parquet'].includes(formatOf(file) ?? '');
}

/** The columns by their names; undefined where these are not known. */
async function namedColumns(source: TableSource, columns: ReadColumns): Promise<ReadColumns | undefined> {
  if (namesOf(columns).every((column) => typeof column === 'string')) return columns;
  const own = await columnsOf(source);
  const name = (column: Column | undefined) => (typeof column === 'number' ? own[column] : column);
  const { text, context, features, image } = columns;
  const named = {
    text: name(text),
    context: name(context),
    features: features?.map((column) => name(column) ?? column),
    image: name(image),
  };
  const known = namesOf(named);
  const all = known.length === namesOf(columns).length;
  return all && known.every((column) => typeof column === 'string') ? named : undefined;
}

function namesOf({ text, context, features = [], image }: ReadColumns): Column[] {
  return [text, context, ...features, image].filter((column) => column !== undefined);
}

/** Those that a table lacks; keys inside are not looked for. Undefined where it cannot be read as one. */
async function absentColumns({ source, columns }: AskedSource): Promise<string[] | undefined> {
  const own = await columnsOf(source);
  if (own.length === 0) return undefined;
  const has = (name: string) => own.includes(name) || own.includes(name.split('.')[0]!);
  return namesOf(columns)
    .map(String)
    .filter((name) => !has(name));
}

/** All columns of a table; none where it cannot be read as one. */
async function columnsOf(source: TableSource): Promise<Column[]> {
  try {
    return await tableColumns(source);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
