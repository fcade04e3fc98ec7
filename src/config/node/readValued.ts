import { BadRows } from '../../data/badRows.js';
import { readNumbers } from '../../data/node/numbers.js';
import { splitGroups } from '../../data/groupedSplit.js';
import { groupingKey } from '../../data/leaks.js';
import { byPart, type SplitName } from '../../data/split.js';
import { SplitColumns } from '../../data/splitColumns.js';
import type { RegressionConfig, ValuedSource } from '../regressionSchema.js';
import { someValued, type Columns, type ValuedExamples } from '../valuedExamples.js';
import { cleaned, cleanerOf, tidied, type RowCleaning } from './cleanTexts.js';
import { withOwnSplits } from './ownSplits.js';
import { sharesOf, timesOf } from './shares.js';

/**
 * Reads the data of a configuration, split by a hash of each text or row of features, by groups or by time. A validation or
 * test file of its own takes the place of that share.
 * @throws UserError naming the file, the line and the column.
 */
export async function readValued(
  { data }: Pick<RegressionConfig, 'data'>,
  badRows = new BadRows(data.onBadRow),
  cleaner = cleanerOf(data.clean),
): Promise<Record<SplitName, ValuedExamples>> {
  const { source, validation, test, split } = await withOwnSplits(data);
  const all = await readValuedTable(source, badRows, cleaned(cleaner), new SplitColumns(split));
  const { texts, features, marks = [] } = all;
  const textKey = split.groupBy === 'normalized' ? groupingKey : (text: string) => text;
  const keys = all.origins.map(
    (_, i) => marks[i]?.group ?? (texts ? textKey(texts[i]!) : keyOf(features!, i)),
  );
  const splits = splitGroups(keys, { ...sharesOf({ split, validation, test }), ...timesOf(marks) });
  const parts = byPart((name) => someValued(all, (i) => splits[i] === name));
  if (validation) parts.validation = await readValuedTable(validation, badRows, tidied(cleaner));
  if (test) parts.test = await readValuedTable(test, badRows, tidied(cleaner));
  return parts;
}

/**
 * Reads one table.
 * @param splitBy the columns that rows are split by; none by default.
 * @throws UserError naming the file, the line and the column.
 */
export async function readValuedTable(
  source: ValuedSource,
  badRows?: BadRows,
  clean?: RowCleaning<string>,
  splitBy?: SplitColumns,
): Promise<ValuedExamples> {
  const { features = [] } = source;
  const columns = [...features, ...source.values];
  const table = await readNumbers(source.file, { ...source, columns, badRows, splitBy });
  const [read, values] = cut(table, features.length);
  const examples = {
    texts: table.texts?.map((text) => text.normalize('NFC')),
    contexts: table.contexts?.map((text) => text.normalize('NFC')),
    features: source.features && read,
    values: values!,
    marks: table.marks,
    origins: table.origins,
  };
  return clean ? cleanedValues(examples, clean) : examples;
}

function cleanedValues(all: ValuedExamples, clean: RowCleaning<string>): ValuedExamples {
  const rows = all.origins.map((origin, i) =>
    clean({
      texts: {
        ...(all.texts && { text: all.texts[i]! }),
        ...(all.contexts && { context: all.contexts[i]! }),
      },
      rest: [
        ...[all.features, all.values].map((columns) => columns && keyOf(columns, i)),
        ...(all.marks ? Object.values(all.marks[i]!) : []),
      ].join(),
      origin,
    }),
  );
  const kept = someValued(all, (i) => rows[i] !== undefined);
  const texts = rows.flatMap((row) => (row ? [row.texts] : []));
  const column = (name: 'text' | 'context') => texts.map((row) => row[name]!);
  return {
    ...kept,
    texts: kept.texts && column('text'),
    contexts: kept.contexts && column('context'),
  };
}

/** The first columns, and the others. */
function cut({ names, values }: Columns, first: number): Columns[] {
  const part = (wanted: (column: number) => boolean) => ({
    names: names.filter((_, column) => wanted(column)),
    values: values.filter((_, i) => wanted(i % names.length)),
  });
  return [part((column) => column < first), part((column) => column >= first)];
}

function keyOf({ names, values }: Columns, row: number): string {
  return values.subarray(row * names.length, (row + 1) * names.length).join();
}
