import type { BadRows } from '../../data/badRows.js';
import type { Cleaner } from '../../data/cleaning.js';
import { splitGroups } from '../../data/groupedSplit.js';
import { groupingKey } from '../../data/leaks.js';
import { byPart, type SplitName } from '../../data/split.js';
import type { Column } from '../../data/tableSource.js';
import type { ClassificationConfig, LabelledSource } from '../classificationSchema.js';
import { someLabelled, type LabelledRows } from '../labelledRows.js';
import { inputKey } from '../tableInputs.js';
import { cleaned, tidied } from './cleanTexts.js';
import { withOwnSplits } from './ownSplits.js';
import { readInputs, type RowReading } from './readInputs.js';
import { sharesOf } from './shares.js';

type RowSource = Extract<LabelledSource, { file: string }>;

/** Labelled rows of a table, and perhaps tables of their own for validation and test. */
export interface RowData extends Pick<ClassificationConfig['data'], 'image'> {
  readonly split: Omit<ClassificationConfig['data']['split'], 'stratify'> & { readonly stratify?: boolean };
  readonly source: RowSource;
  readonly validation?: RowSource | undefined;
  readonly test?: RowSource | undefined;
}

export interface RowSplitReading {
  readonly badRows: BadRows;
  readonly cleaner: Cleaner | undefined;
  /** Whether rows may have no label; false by default. */
  readonly unlabelled?: boolean;
}

/**
 * Reads labelled rows, split by a hash of each text or row of features, or of its group.
 * @throws UserError naming the file, the line and the column.
 */
export async function readLabelledRowSplits(
  data: RowData,
  { badRows, cleaner, unlabelled }: RowSplitReading,
): Promise<Record<SplitName, LabelledRows>> {
  const { source, validation, test, split, image } = await withOwnSplits(data);
  const { groupBy } = split;
  const group = typeof groupBy === 'object' ? groupBy.column : undefined;
  const all = await readLabelledRows(source, { badRows, image, unlabelled, clean: cleaned(cleaner) }, group);
  const keyOf = (key: string) => (groupBy === 'normalized' ? groupingKey(key) : key);
  const keys = all.groups ?? all.labels.map((_, i) => keyOf(inputKey(all, i)));
  const strata = split.stratify ? all.labels : undefined;
  const splits = splitGroups(keys, { ...sharesOf({ split, validation, test }), strata });
  const parts = byPart((name) => someLabelled(all, (i) => splits[i] === name));
  const own = { badRows, image, unlabelled, clean: tidied<string>(cleaner) };
  if (validation) parts.validation = await readLabelledRows(validation, own);
  if (test) parts.test = await readLabelledRows(test, own);
  return parts;
}

/** Reads one table. @param group the column of the groups. @throws UserError naming the file, the line and the column. */
export async function readLabelledRows(
  { columns, ...source }: RowSource,
  { unlabelled = false, ...reading }: RowReading & Pick<RowSplitReading, 'unlabelled'>,
  group?: Column,
): Promise<LabelledRows> {
  const wanted = { label: columns.label, ...(group !== undefined && { group }) };
  const { inputs, others } = await readInputs(source, columns, {
    ...reading,
    others: wanted,
    blank: unlabelled ? ['label'] : [],
  });
  const labels = others['label']!.map((label) => label.normalize('NFC').trim());
  return { ...inputs, labels, groups: others['group'] };
}
