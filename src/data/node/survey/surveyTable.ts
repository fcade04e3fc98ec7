import { UserError } from '../../../tensor/errors.js';
import { randomBits } from '../../../tensor/random.js';
import { BadRows } from '../../badRows.js';
import { hasHeader, profileColumns } from '../../profile.js';
import type { TableSurvey } from '../../survey.js';
import type { Column, TableSource } from '../../tableSource.js';
import { dataSetFiles, isFolder } from '../dataSetFolder.js';
import { leafColumns, readRows } from '../rows.js';
import { usualFormat } from '../tableFormat.js';

/** Rows that are kept of a table; of more, an even sample is. */
const KEPT = 100_000;
/** Rows by which a header is told. */
const HEADER_ROWS = 1000;

/** Bad rows that are kept. */
const BAD_ROWS = 10;

/**
 * Reads a table, whatever its columns are called.
 * @param given how it is written; a header is recognised by what the first row and the others hold, unless `header` says
 * whether there is one.
 * @throws UserError when it cannot be read at all, or has no rows that a header could stand above.
 */
export async function surveyTable(given: TableSource): Promise<TableSurvey> {
  const { header: asked, ...form } = given;
  const folder = form.format === undefined && (await isFolder(form.file));
  const separated = !folder && (form.format === 'csv' || form.format === 'tsv');
  if (!separated && asked !== undefined)
    throw new UserError(`${form.file}: a header is only told of TSV and CSV files. Leave --header out.`);
  const read = await readCells({ ...form, header: false }, await columnsOf(form));
  const header = separated && (asked ?? hasHeader(read.first.slice(0, HEADER_ROWS)));
  const [names, ...first] = header ? read.first : [[], ...read.first];
  if (first.length === 0) throw new UserError(`${form.file}: the file has no rows after its header.`);
  // Where the header is among the rows that are kept, it is the first of them.
  const kept = header ? read.kept.filter(({ row }) => row !== read.first[0]) : read.kept;
  const [rows, origins] = [kept.map(({ row }) => row), kept.map(({ origin }) => origin)];
  const named = separated ? (header ? names : undefined) : read.columns.map(String);
  const called = named && new Set(named).size === named.length ? named : undefined;
  const columns = profileColumns(rows, named, { origins, decimalComma: separated });
  const comma = columns.some((column) => column.form === 'decimal comma' && column.kind === 'number');
  const ownSplits: ('validation' | 'test')[] = [];
  if (folder)
    for (const split of ['validation', 'test'] as const)
      if (await dataSetFiles(form.file, { subset: form.subset, split })) ownSplits.push(split);
  return {
    kind: 'table',
    source: { ...withoutUsual(form), ...(header && { header }), ...(comma && { decimal: 'comma' }) },
    columns,
    names: called ?? read.columns.map((_, place) => place),
    rows,
    origins,
    first,
    count: read.count - (header ? 1 : 0),
    bad: { count: read.bad.count, rows: read.bad.rows.slice(0, BAD_ROWS) },
    ownSplits,
  };
}

/** Without a format that is read anyway. */
function withoutUsual({ format, ...source }: TableSource): TableSource {
  const usual = format === usualFormat(source.file, source.separator);
  return usual || format === undefined ? source : { ...source, format };
}

/** The columns of a table: of one without names as many as its first row has. */
async function columnsOf(source: TableSource): Promise<Column[]> {
  return leafColumns({ ...source, header: source.format === undefined });
}

interface Cells {
  readonly columns: readonly Column[];
  /** In the order of the table. */
  readonly kept: readonly KeptRow[];
  readonly first: string[][];
  readonly count: number;
  readonly bad: BadRows;
}

interface KeptRow {
  readonly row: string[];
  readonly origin: string;
  /** Rows before it. */
  readonly at: number;
}

async function readCells(source: TableSource, columns: readonly Column[]): Promise<Cells> {
  const bad = new BadRows('skip');
  const wanted: Record<string, Column> = Object.fromEntries(columns.entries());
  const kept: KeptRow[] = [];
  const first: string[][] = [];
  let count = 0;
  for await (const { fields, origin } of readRows(source, wanted, { badRows: bad, optional: true })) {
    const row = columns.map((_, i) => fields[i]!);
    if (first.length < FIRST) first.push(row);
    if (kept.length < KEPT) kept.push({ row, origin, at: count });
    else {
      // Reservoir sampling (Vitter 1985): each row is kept with the same probability.
      const place = randomBits(count, 1) % (count + 1);
      if (place < KEPT) kept[place] = { row, origin, at: count };
    }
    count++;
  }
  if (count === 0) throw new UserError(`${source.file}: no row can be read: ${bad.notes.join('')}`);
  return { columns, kept: kept.sort((a, b) => a.at - b.at), first, count, bad };
}

/** Rows that are kept in their order. */
const FIRST = 5000;
