import { BadRows } from '../../data/badRows.js';
import type { SplitName } from '../../data/split.js';
import type { LabelledRows } from '../labelledRows.js';
import type { MultiLabelConfig } from '../multiLabelSchema.js';
import { cleanerOf } from './cleanTexts.js';
import { readLabelledRowSplits } from './readLabelledRows.js';

/**
 * Reads rows with their labels, which may be none, split by a hash of each text or row of features, or of its group.
 * @throws UserError naming the file, the line and the column.
 */
export function readMultiLabel(
  { data }: Pick<MultiLabelConfig, 'data'>,
  badRows = new BadRows(data.onBadRow),
  cleaner = cleanerOf(data.clean),
): Promise<Record<SplitName, LabelledRows>> {
  return readLabelledRowSplits(data, { badRows, cleaner, unlabelled: true });
}
