import { dirname, isAbsolute, basename, resolve } from 'node:path';
import { BadRows } from '../../data/badRows.js';
import { requireText } from '../../data/examples.js';
import { hashNumbers } from '../../data/fingerprint.js';
import { partition, splitGroups } from '../../data/groupedSplit.js';
import { readFrames } from '../../data/node/recordings.js';
import { noRows, readRows } from '../../data/node/rows.js';
import type { SplitName } from '../../data/split.js';
import { SplitColumns } from '../../data/splitColumns.js';
import type { Spoken } from '../../data/spokenDataset.js';
import type { Column } from '../../data/tableSource.js';
import type { SpeechConfig } from '../speechSchema.js';
import { cleaned, cleanerOf, tidied, type RowCleaning } from './cleanTexts.js';
import { sharesOf, timesOf } from './shares.js';

type SpokenSource = SpeechConfig['data']['source'];

/**
 * Reads the recordings of a configuration with their texts, cleaned and split. A validation or test table of its own takes the
 * place of that share.
 * @throws UserError naming the table and the line, or the recording.
 */
export async function readSpoken(
  { data }: Pick<SpeechConfig, 'data'>,
  badRows = new BadRows(data.onBadRow),
  cleaner = cleanerOf(data.clean),
): Promise<Record<SplitName, Spoken[]>> {
  const { source, validation, test } = data;
  const { groupBy } = data.split;
  const split = new SplitColumns(data.split);
  const spoken = await readSpokenTable(source, badRows, { clean: cleaned(cleaner), split });
  const keyOf = ({ group, text, frames }: Spoken) =>
    group ?? (groupBy === 'text' ? text : String(hashNumbers([frames], frames.length)));
  const options = { ...sharesOf(data), ...timesOf(spoken) };
  const parts = partition(spoken, splitGroups(spoken.map(keyOf), options));
  const own = { clean: tidied<'text'>(cleaner) };
  if (validation) parts.validation = await readSpokenTable({ ...source, ...validation }, badRows, own);
  if (test) parts.test = await readSpokenTable({ ...source, ...test }, badRows, own);
  return parts;
}

interface SpokenReading {
  /** What is done to a row; undefined drops it. */
  readonly clean?: RowCleaning<'text'> | undefined;
  /** The columns that rows are split by; none by default. */
  readonly split?: SplitColumns;
}

/** Reads the recordings that a table names, with their texts. @throws UserError naming the table and the line, or the recording. */
export async function readSpokenTable(
  { recordings, columns, rate, bands, ...table }: SpokenSource,
  badRows = new BadRows(),
  { clean = (row) => row, split = new SplitColumns() }: SpokenReading = {},
): Promise<Spoken[]> {
  const source = { ...table, file: recordings };
  const wanted: Readonly<Record<string, Column>> = { ...columns, ...split.columns };
  const spoken: Spoken[] = [];
  for await (const { fields, origin } of readRows(source, wanted, { badRows })) {
    const { file = '', text = '' } = fields;
    const row = clean({ texts: { text }, rest: [file, split.cells(fields)].join('\t'), origin });
    if (!row) continue;
    const path = resolve(dirname(recordings), file);
    const [read] = await Promise.allSettled([readFrames(path, { rate, bands })]);
    const example = badRows.attempt(origin, () => {
      requireText(file, 'file', origin);
      requireText(row.texts.text, 'text', origin);
      if (read.status === 'rejected') throw read.reason as Error;
      return {
        frames: read.value,
        text: row.texts.text.normalize('NFC'),
        name: isAbsolute(file) ? basename(file) : file,
        ...split.marks(fields, origin),
        origin,
      };
    });
    if (example) spoken.push(example);
  }
  if (spoken.length === 0) throw noRows(source, badRows);
  return spoken;
}
