import { BadRows } from '../../data/badRows.js';
import { requireText } from '../../data/examples.js';
import { partition, splitGroups } from '../../data/groupedSplit.js';
import { readRows } from '../../data/node/rows.js';
import { groupingKey } from '../../data/leaks.js';
import type { SplitName } from '../../data/split.js';
import { SplitColumns } from '../../data/splitColumns.js';
import type { SplitMarks } from '../../data/splitMarks.js';
import type { Column, TableSource } from '../../data/tableSource.js';
import { readText } from '../../formats/node/files.js';

import type { LanguageConfig } from '../languageSchema.js';
import type { TextExample } from '../languageTask.js';
import { ownData, requireExamples } from './ownData.js';
import { cleaned, cleanerOf, tidied, type RowCleaning } from './cleanTexts.js';
import { withOwnSplits } from './ownSplits.js';
import { sharesOf, timesOf } from './shares.js';
import type { EvaluatedPart } from './taskRun.js';

/** Texts of a table, one a row. */
interface TextRows extends TableSource {
  readonly column: Column;
}

/** What of a configuration says where its texts are. */
export interface TextsConfig<Source = { readonly text: string } | TextRows> {
  readonly data: {
    readonly source: Source;
    readonly split: LanguageConfig['data']['split'];
    readonly clean?: LanguageConfig['data']['clean'];
    readonly onBadRow?: LanguageConfig['data']['onBadRow'];
  };
}

/**
 * Reads the texts of a configuration, split: one long text at two places, so that its end is set aside, many texts by a
 * hash of each, by groups or by time.
 * @throws UserError naming the file and the line.
 */
export async function readTexts(
  { data: { source, split, clean, onBadRow } }: TextsConfig,
  badRows = new BadRows(onBadRow),
  cleaner = cleanerOf(clean),
): Promise<Record<SplitName, TextExample[]>> {
  if ('text' in source) return cutText(await readText(source.text), source.text, split);
  const parts: TextParts = await withOwnSplits({ source });
  const options = { clean: cleaned<'text'>(cleaner), splitBy: new SplitColumns(split) };
  const rows: (TextExample & SplitMarks)[] = [];
  for await (const each of readRowsOfText(source, badRows, options)) rows.push(each);
  const keyOf = ({ group, text }: TextExample & SplitMarks) =>
    group ?? (split.groupBy === 'normalized' ? groupingKey(text) : text);
  const shares = { ...sharesOf({ ...parts, split }), ...timesOf(rows) };
  const splits: Record<SplitName, TextExample[]> = partition(rows, splitGroups(rows.map(keyOf), shares));
  const own = { clean: tidied<'text'>(cleaner) };
  for (const name of ['validation', 'test'] as const)
    if (parts[name])
      for await (const each of readRowsOfText(parts[name], badRows, own)) splits[name].push(each);
  return splits;
}

/**
 * A part of a run's texts, or those of a file that is read as the run's own is.
 * @throws UserError as `readTexts`, and when there are none.
 */
export async function readPart(
  config: TextsConfig<TextRows>,
  part: EvaluatedPart,
  badRows: BadRows,
): Promise<TextExample[]> {
  const { source } = config.data;
  const name = 'file' in part ? 'train' : part.split;
  const all = { seed: 1, validation: 0, test: 0, groupBy: 'text' } as const;
  const texts = await ('file' in part
    ? readTexts({ data: { source: { ...source, file: part.file }, split: all } }, badRows)
    : ownData(() => readTexts(config, badRows)));
  requireExamples(texts[name], name);
  return texts[name];
}

/** Where texts are, and those to validate and to test where a data set sets some aside itself. */
interface TextParts {
  readonly source: TextRows;
  readonly validation?: TextRows;
  readonly test?: TextRows;
}

interface TextReading {
  /** What is done to a row; undefined drops it. */
  readonly clean?: RowCleaning<'text'> | undefined;
  /** The columns that rows are split by; none by default. */
  readonly splitBy?: SplitColumns;
}

async function* readRowsOfText(
  { column, ...source }: TextRows,
  badRows: BadRows,
  { clean = (row) => row, splitBy = new SplitColumns() }: TextReading = {},
): AsyncGenerator<TextExample & SplitMarks> {
  const wanted: Readonly<Record<string, Column>> = { text: column, ...splitBy.columns };
  for await (const { fields, origin } of readRows(source, wanted, { badRows })) {
    const row = clean({ texts: { text: fields['text']! }, rest: splitBy.cells(fields), origin });
    const example =
      row &&
      badRows.attempt(origin, () => {
        const text = row.texts.text.normalize('NFC');
        requireText(text, 'text', origin);
        return { text, ...splitBy.marks(fields, origin), origin };
      });
    if (example) yield example;
  }
}

function cutText(
  text: string,
  origin: string,
  { validation, test }: LanguageConfig['data']['split'],
): Record<SplitName, TextExample[]> {
  const [first, second] = [1 - validation - test, 1 - test].map((share) => placeIn(text, share));
  const part = (from: number, to: number) => (from < to ? [{ text: text.slice(from, to), origin }] : []);
  return {
    train: part(0, first!),
    validation: part(first!, second!),
    test: part(second!, text.length),
  };
}

/** Where a share of a text ends, never inside of a character. */
function placeIn(text: string, share: number): number {
  const place = Math.round(text.length * share);
  return /^[\uDC00-\uDFFF]/.test(text.slice(place, place + 1)) ? place - 1 : place;
}
