import { BadRows } from '../../data/badRows.js';
import { groupBySource, requireText, type Example, type Pair } from '../../data/examples.js';
import { readCmudict } from '../../data/node/cmudict.js';
import { readRows } from '../../data/node/rows.js';
import type { SplitName } from '../../data/split.js';
import { SplitColumns } from '../../data/splitColumns.js';
import { splitExamples } from '../../data/splitExamples.js';
import type { Column } from '../../data/tableSource.js';
import { toyExamples } from '../../data/toy.js';
import type { TableConfig } from '../dataSchema.js';
import type { PairData, SourceConfig } from '../pairSchema.js';
import { cleaned, cleanerOf, tidied, type RowCleaning } from './cleanTexts.js';
import { withOwnSplits } from './ownSplits.js';
import { sharesOf } from './shares.js';

/**
 * Reads the data of a configuration, cleaned and split. A validation or test file of its own takes the place of that share.
 * @param most pairs of a table that are read; all by default.
 * @throws UserError naming the file and the line.
 */
export async function readExamples(
  config: { readonly data: PairData },
  badRows = new BadRows(config.data.onBadRow),
  cleaner = cleanerOf(config.data.clean),
  most = Infinity,
): Promise<Record<SplitName, Example[]>> {
  const data = await withOwnSplits(config.data);
  const { groupBy } = data.split;
  const reading = { badRows, clean: cleaned<'source' | 'target'>(cleaner), most };
  const examples = await readSource(data.source, reading, new SplitColumns(data.split));
  const parts = splitExamples(examples, {
    ...sharesOf(data),
    groupBy: typeof groupBy === 'object' ? undefined : groupBy,
  });
  if (data.validation) parts.validation = await readTable(data.validation, badRows, tidied(cleaner));
  if (data.test) parts.test = await readTable(data.test, badRows, tidied(cleaner));
  return parts;
}

/** What is done to a row of two texts; undefined drops it. */
export type CleanRow = RowCleaning<'source' | 'target'>;

/**
 * Reads the examples of a table, grouped by source.
 * @param clean what is done to a row; undefined drops it. @param splitBy the columns that rows are split by.
 */
export function readTable(
  table: TableConfig,
  badRows?: BadRows,
  clean?: CleanRow,
  splitBy?: SplitColumns,
): Promise<Example[]> {
  return groupBySource(readPairs(table, badRows, clean, splitBy));
}

/** The pairs of a table one by one, as {@link readTable} reads them. */
export async function* readPairs(
  { columns, ...source }: TableConfig,
  badRows = new BadRows(),
  clean: CleanRow = (row) => row,
  splitBy = new SplitColumns(),
): AsyncGenerator<Pair> {
  const wanted: Readonly<Record<string, Column>> = { ...columns, ...splitBy.columns };
  for await (const { fields, origin } of readRows(source, wanted, { badRows })) {
    const texts = { source: fields['source']!, target: fields['target']! };
    const row = clean({ texts, rest: splitBy.cells(fields), origin });
    const pair =
      row &&
      badRows.attempt(origin, () => {
        requireText(row.texts.source, 'source', origin);
        return { ...row.texts, ...splitBy.marks(fields, origin), origin };
      });
    if (pair) yield pair;
  }
}

async function readSource(
  source: SourceConfig,
  { badRows, clean, most }: { badRows: BadRows; clean: CleanRow | undefined; most: number },
  splitBy: SplitColumns,
): Promise<Example[]> {
  if ('file' in source) return groupBySource(firstOf(readPairs(source, badRows, clean, splitBy), most));
  const examples = 'package' in source ? await readCmudict() : toyExamples(source.synthetic, source);
  return clean ? groupBySource(cleanedPairs(examples, clean)) : examples;
}

function* cleanedPairs(examples: readonly Example[], clean: CleanRow): Generator<Pair> {
  for (const { source, references, origin } of examples)
    for (const target of references) {
      const row = clean({ texts: { source, target }, origin });
      if (row) yield { ...row.texts, origin };
    }
}

async function* firstOf<T>(items: AsyncIterable<T>, most: number): AsyncGenerator<T> {
  let count = 0;
  for await (const item of items) {
    yield item;
    if (++count >= most) return;
  }
}
