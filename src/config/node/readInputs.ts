import { dirname, resolve } from 'node:path';
import { BadRows } from '../../data/badRows.js';
import { requireText } from '../../data/examples.js';
import { groupingKey } from '../../data/leaks.js';
import { isFolder } from '../../data/node/dataSetFolder.js';
import { readImageFiles, type ImageForm } from '../../data/node/imageFolder.js';
import { readNumbers } from '../../data/node/numbers.js';
import { noRows } from '../../data/node/rows.js';
import type { NumberTable } from '../../data/numberTable.js';
import type { SplitBy, SplitColumns } from '../../data/splitColumns.js';
import type { Column, TableSource } from '../../data/tableSource.js';
import type { ReadColumns } from '../readColumns.js';
import { inputKey, rowOf, someColumns, type Columns, type TableInputs } from '../tableInputs.js';
import type { RowCleaning } from './cleanTexts.js';

/** The rows of a table. */
export interface InputTable {
  /** What a model reads of them. */
  readonly inputs: TableInputs;
  /** Further columns of numbers. */
  readonly numbers: Columns;
  /** Further columns as they stand, by what they are called. */
  readonly others: Readonly<Record<string, readonly string[]>>;
}

/** How rows are read. */
export interface RowReading {
  readonly badRows?: BadRows | undefined;
  /** The columns that rows are split by; none by default. */
  readonly splitBy?: SplitColumns | undefined;
  /** What is done to a row; undefined drops it. */
  readonly clean?: RowCleaning<string> | undefined;
  /** How large images are made, where the table names some. */
  readonly image?: ImageForm | undefined;
}

interface FurtherColumns {
  /** Of numbers. */
  readonly numbers?: readonly Column[];
  /** Read as they stand, by what they are to be called. */
  readonly others?: Readonly<Record<string, Column>>;
  /** Names of those whose cells may be blank. */
  readonly blank?: readonly string[];
}

/**
 * Reads what a model reads of the rows of a table, and further columns beside it. Paths of images count from the table's
 * folder.
 * @throws UserError naming the file, the line and the column, or the image.
 */
export async function readInputs(
  source: TableSource,
  read: ReadColumns,
  {
    numbers = [],
    others = {},
    blank = [],
    badRows = new BadRows(),
    splitBy,
    clean,
    image: form,
  }: FurtherColumns & RowReading,
): Promise<InputTable> {
  const { text, context, features = [], image } = read;
  const wanted = { ...others, ...(image !== undefined && { image }) };
  const columns = [...features, ...numbers];
  const options = { ...source, text, context, columns, others: wanted, splitBy, badRows };
  const table = await readNumbers(source.file, options);
  const rows = readableRows(table, { badRows, clean, blank });
  if (rows.length === 0) throw noRows(source, badRows);
  const { origins } = table;
  const files = table.others?.['image'] ?? [];
  const images = form && image !== undefined ? await imagesOf(form) : undefined;
  const kept = images ? images.kept.map((i) => rows[i]!) : rows;
  if (kept.length === 0) throw noRows(source, badRows);

  const places = new Set(kept.map(({ at }) => at));
  const pick = <T>(cells: readonly T[]) => kept.map(({ at }) => cells[at]!);
  const [own, further] = cut(
    someColumns(table, (row) => places.has(row)),
    features.length,
  );
  const column = (name: 'text' | 'context') => kept.map(({ texts }) => texts[name]!);
  return {
    inputs: {
      texts: table.texts && column('text'),
      contexts: table.contexts && column('context'),
      features: read.features && own,
      images: images && { ...images.images, names: pick(files) },
      marks: table.marks && pick(table.marks),
      origins: pick(origins),
    },
    numbers: further!,
    others: Object.fromEntries(Object.keys(others).map((name) => [name, pick(table.others![name]!)])),
  };

  async function imagesOf(form: ImageForm) {
    const folder = (await isFolder(source.file)) ? source.file : dirname(source.file);
    const paths = rows.map(({ at }) => resolve(folder, files[at]!));
    const originOf = (i: number) => origins[rows[i]!.at]!;
    const { kept, ...images } = await readImageFiles(paths, form, { badRows, originOf });
    return { kept, images };
  }
}

/** What keeps rows in one part: their group, where columns name it, else what is read of them. */
export function groupsOf(rows: TableInputs, { groupBy }: SplitBy): string[] {
  const keyOf = (key: string) => (groupBy === 'normalized' ? groupingKey(key) : key);
  return rows.origins.map((_, i) => rows.marks?.[i]?.group ?? keyOf(inputKey(rows, i)));
}

/** A row that can be read: its place in the table, and its texts as they are learnt from. */
interface ReadableRow {
  readonly at: number;
  readonly texts: Partial<Record<'text' | 'context', string>>;
}

/** The rows that cleaning leaves and in which no text is blank. @throws UserError naming the line of a blank text. */
function readableRows(
  table: NumberTable,
  {
    badRows,
    clean = (row) => row,
    blank,
  }: { badRows: BadRows; clean: RowCleaning<string> | undefined; blank: readonly string[] },
): ReadableRow[] {
  const { texts, contexts, others = {}, marks, origins } = table;
  return origins.flatMap((origin, at) => {
    const cells = Object.fromEntries(Object.entries(others).map(([name, column]) => [name, column[at]!]));
    const row = clean({
      texts: { ...(texts && { text: texts[at]! }), ...(contexts && { context: contexts[at]! }) },
      rest: [rowOf(table, at).join(), ...Object.values({ ...cells, ...marks?.[at] })].join('\t'),
      origin,
    });
    const read =
      row &&
      badRows.attempt(origin, () => {
        for (const [name, cell] of Object.entries({ ...row.texts, ...cells }))
          if (!blank.includes(name)) requireText(cell, name, origin);
        return Object.entries(row.texts).map(([name, cell]) => [name, cell.normalize('NFC')]);
      });
    return read ? [{ at, texts: Object.fromEntries(read) as ReadableRow['texts'] }] : [];
  });
}

/** The first columns, and the others. */
function cut({ names, values }: Columns, first: number): Columns[] {
  const part = (wanted: (column: number) => boolean) => ({
    names: names.filter((_, column) => wanted(column)),
    values: values.filter((_, i) => wanted(i % names.length)),
  });
  return [part((column) => column < first), part((column) => column >= first)];
}
