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

/**
 * Reads a table, whatever its columns are called.
 * @param given without `header`, which is recognised by what the first row and the others hold.
 * @throws UserError when it cannot be read at all.
 */
export async function surveyTable(given: TableSource): Promise<TableSurvey> {
  const folder = given.format === undefined && (await isFolder(given.file));
  const separated = !folder && (given.format === 'csv' || given.format === 'tsv');
  const read = await readCells({ ...given, header: false }, await columnsOf(given));
  const header = separated && hasHeader(read.first.slice(0, HEADER_ROWS));
  const [names, ...first] = header ? read.first : [[], ...read.first];
  // Where the header is among the rows that are kept, it is the first of them.
  const rows = header ? read.rows.filter((row) => row !== read.first[0]) : read.rows;
  const named = separated ? (header ? names : undefined) : read.columns.map(String);
  const called = named && new Set(named).size === named.length ? named : undefined;
  const ownSplits: ('validation' | 'test')[] = [];
  if (folder)
    for (const split of ['validation', 'test'] as const)
      if (await dataSetFiles(given.file, { subset: given.subset, split })) ownSplits.push(split);
  return {
    kind: 'table',
    source: { ...withoutUsual(given), ...(header && { header }) },
    columns: profileColumns(rows, named),
    names: called ?? read.columns.map((_, place) => place),
    rows,
    first,
    count: read.count - (header ? 1 : 0),
    bad: { count: read.bad.count, note: read.bad.rows[0]?.reason },
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
  readonly rows: string[][];
  readonly first: string[][];
  readonly count: number;
  readonly bad: BadRows;
}

async function readCells(source: TableSource, columns: readonly Column[]): Promise<Cells> {
  const bad = new BadRows('skip');
  const wanted: Record<string, Column> = Object.fromEntries(columns.entries());
  const rows: string[][] = [];
  const first: string[][] = [];
  let count = 0;
  for await (const { fields } of readRows(source, wanted, { badRows: bad, optional: true })) {
    const row = columns.map((_, i) => fields[i]!);
    if (first.length < FIRST) first.push(row);
    if (rows.length < KEPT) rows.push(row);
    else {
      // Reservoir sampling (Vitter 1985): each row is kept with the same probability.
      const place = randomBits(count, 1) % (count + 1);
      if (place < KEPT) rows[place] = row;
    }
    count++;
  }
  if (count === 0) throw new UserError(`${source.file}: no row can be read: ${bad.notes.join('')}`);
  return { columns, rows, first, count, bad };
}

/** Rows that are kept in their order. */
const FIRST = 5000;
