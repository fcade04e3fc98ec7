import { BadRows } from '../../data/badRows.js';
import type { LabelledText } from '../../data/labelled.js';
import type { SplitName } from '../../data/split.js';
import type { TaggingConfig } from '../taggingSchema.js';
import { cleanerOf } from './cleanTexts.js';
import { readLabelledSplits, readLabelledTexts } from './readLabelled.js';

type TaggedSource = TaggingConfig['data']['source'];

/** Reads tagged texts, split by a hash of each. @throws UserError naming the file and the line. */
export function readTagged(
  { source, validation, test, split, clean, onBadRow }: TaggingConfig['data'],
  badRows = new BadRows(onBadRow),
  cleaner = cleanerOf(clean),
): Promise<Record<SplitName, LabelledText[]>> {
  return readLabelledSplits(
    {
      source: labelled(source),
      ...(validation && { validation: labelled(validation) }),
      ...(test && { test: labelled(test) }),
      split,
    },
    badRows,
    cleaner,
  );
}

/** Reads the tagged texts of a table. @throws UserError naming the file and the line. */
export function readTaggedTexts(source: TaggedSource, badRows?: BadRows): Promise<LabelledText[]> {
  return readLabelledTexts(labelled(source), badRows);
}

function labelled(source: TaggedSource) {
  const { tokens, tags } = source.columns;
  return { ...source, columns: { text: tokens, label: tags } };
}
