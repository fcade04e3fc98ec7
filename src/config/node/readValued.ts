import { BadRows } from '../../data/badRows.js';
import { readNumbers } from '../../data/node/numbers.js';
import { splitNames, splitOf, type SplitName } from '../../data/split.js';
import type { RegressionConfig, ValuedSource } from '../regressionSchema.js';
import { someValued, type Columns, type ValuedExamples } from '../valuedExamples.js';
import { withOwnSplits } from './ownSplits.js';

/**
 * Reads the data of a configuration, split by a hash of each text or row of features. A validation or test file of its own
 * takes the place of that share.
 * @throws UserError naming the file, the line and the column.
 */
export async function readValued(
  { data }: Pick<RegressionConfig, 'data'>,
  badRows = new BadRows(data.onBadRow),
): Promise<Record<SplitName, ValuedExamples>> {
  const { source, validation, test, split } = await withOwnSplits(data);
  const shares = {
    ...split,
    validation: validation ? 0 : split.validation,
    test: test ? 0 : split.test,
  };
  const all = await readValuedTable(source, badRows);
  const splits = all.origins.map((_, i) => splitOf(all.texts?.[i] ?? keyOf(all.features!, i), shares));
  const parts = Object.fromEntries(
    splitNames.map((name) => [name, someValued(all, (i) => splits[i] === name)]),
  ) as Record<SplitName, ValuedExamples>;
  if (validation) parts.validation = await readValuedTable(validation, badRows);
  if (test) parts.test = await readValuedTable(test, badRows);
  return parts;
}

/** Reads one table. @throws UserError naming the file, the line and the column. */
export async function readValuedTable(source: ValuedSource, badRows?: BadRows): Promise<ValuedExamples> {
  const { features = [] } = source;
  const columns = [...features, ...source.values];
  const table = await readNumbers(source.file, { ...source, columns, badRows });
  const [read, values] = cut(table, features.length);
  return {
    texts: table.texts?.map((text) => text.normalize('NFC')),
    contexts: table.contexts?.map((text) => text.normalize('NFC')),
    features: source.features && read,
    values: values!,
    origins: table.origins,
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
