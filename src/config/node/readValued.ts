import { BadRows } from '../../data/badRows.js';
import { splitGroups } from '../../data/groupedSplit.js';
import { byPart, type SplitName } from '../../data/split.js';
import { SplitColumns } from '../../data/splitColumns.js';
import type { RegressionConfig, ValuedSource } from '../regressionSchema.js';
import { someValued, type ValuedExamples } from '../valuedExamples.js';
import { cleaned, cleanerOf, tidied } from './cleanTexts.js';
import { withOwnSplits } from './ownSplits.js';
import { groupsOf, readInputs, type RowReading } from './readInputs.js';
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
  const { source, validation, test, split, image } = await withOwnSplits(data);
  const splitBy = new SplitColumns(split);
  const all = await readValuedTable(source, { badRows, image, splitBy, clean: cleaned(cleaner) });
  const shares = { ...sharesOf({ split, validation, test }), ...timesOf(all.marks ?? []) };
  const splits = splitGroups(groupsOf(all, split), shares);
  const parts = byPart((name) => someValued(all, (i) => splits[i] === name));
  const own = { badRows, image, clean: tidied<string>(cleaner) };
  if (validation) parts.validation = await readValuedTable(validation, own);
  if (test) parts.test = await readValuedTable(test, own);
  return parts;
}

/** Reads one table. @throws UserError naming the file, the line and the column. */
export async function readValuedTable(
  source: ValuedSource,
  reading: RowReading = {},
): Promise<ValuedExamples> {
  const { inputs, numbers } = await readInputs(source, source, { ...reading, numbers: source.values });
  return { ...inputs, values: numbers };
}
