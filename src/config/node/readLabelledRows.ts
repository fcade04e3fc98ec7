import type { BadRows } from '../../data/badRows.js';
import type { Cleaner } from '../../data/cleaning.js';
import { splitGroups } from '../../data/groupedSplit.js';
import { byPart, type SplitName } from '../../data/split.js';
import { SplitColumns } from '../../data/splitColumns.js';
import type { ClassificationConfig, LabelledSource } from '../classificationSchema.js';
import { someLabelled, type LabelledRows } from '../labelledRows.js';
import { cleaned, tidied } from './cleanTexts.js';
import { withOwnSplits } from './ownSplits.js';
import { groupsOf, readInputs, type RowReading } from './readInputs.js';
import { sharesOf, timesOf } from './shares.js';

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
 * Reads labelled rows, split by a hash of each text or row of features, by groups or by time.
 * @throws UserError naming the file, the line and the column.
 */
export async function readLabelledRowSplits(
  data: RowData,
  { badRows, cleaner, unlabelled }: RowSplitReading,
): Promise<Record<SplitName, LabelledRows>> {
  const { source, validation, test, split, image } = await withOwnSplits(data);
  const reading = { badRows, image, unlabelled };
  const splitBy = new SplitColumns(split);
  const all = await readLabelledRows(source, { ...reading, splitBy, clean: cleaned(cleaner) });
  const strata = split.stratify ? all.labels : undefined;
  const shares = { ...sharesOf({ split, validation, test }), ...timesOf(all.marks ?? []), strata };
  const splits = splitGroups(groupsOf(all, split), shares);
  const parts = byPart((name) => someLabelled(all, (i) => splits[i] === name));
  const own = { ...reading, clean: tidied<string>(cleaner) };
  if (validation) parts.validation = await readLabelledRows(validation, own);
  if (test) parts.test = await readLabelledRows(test, own);
  return parts;
}

/** Reads one table. @throws UserError naming the file, the line and the column. */
export async function readLabelledRows(
  { columns, ...source }: RowSource,
  { unlabelled = false, ...reading }: RowReading & Pick<RowSplitReading, 'unlabelled'>,
): Promise<LabelledRows> {
  const { inputs, others } = await readInputs(source, columns, {
    ...reading,
    others: { label: columns.label },
    blank: unlabelled ? ['label'] : [],
  });
  const labels = others['label']!.map((label) => label.normalize('NFC').trim());
  return { ...inputs, labels };
}
