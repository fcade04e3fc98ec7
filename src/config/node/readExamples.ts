import { BadRows } from '../../data/badRows.js';
import { groupBySource, requireText, type Example, type Pair } from '../../data/examples.js';
import { readCmudict } from '../../data/node/cmudict.js';
import { readRows } from '../../data/node/rows.js';
import { splitExamples, type SplitName } from '../../data/split.js';
import { toyExamples } from '../../data/toy.js';
import type { TableConfig } from '../dataSchema.js';
import type { PairConfig, SourceConfig } from '../pairSchema.js';
import { withOwnSplits } from './ownSplits.js';

/**
 * Reads the data of a configuration, split. A validation or test file of its own takes the place of that share.
 * @throws UserError naming the file and the line.
 */
export async function readExamples(
  config: Pick<PairConfig, 'data'>,
  badRows = new BadRows(config.data.onBadRow),
): Promise<Record<SplitName, Example[]>> {
  const data = await withOwnSplits(config.data);
  const { seed, validation, test } = data.split;
  const splits = splitExamples(await readSource(data.source, badRows), {
    seed,
    validation: data.validation ? 0 : validation,
    test: data.test ? 0 : test,
  });
  if (data.validation) splits.validation = await readTable(data.validation, badRows);
  if (data.test) splits.test = await readTable(data.test, badRows);
  return splits;
}

/** Reads the examples of a table, grouped by source. */
export function readTable(table: TableConfig, badRows?: BadRows): Promise<Example[]> {
  return groupBySource(readPairs(table, badRows));
}

async function* readPairs(
  { columns, ...source }: TableConfig,
  badRows = new BadRows(),
): AsyncGenerator<Pair> {
  for await (const { fields, origin } of readRows(source, columns, { badRows })) {
    const pair = badRows.attempt(origin, () => {
      requireText(fields.source, 'source', origin);
      return { ...fields, origin };
    });
    if (pair) yield pair;
  }
}

async function readSource(source: SourceConfig, badRows: BadRows): Promise<Example[]> {
  if ('package' in source) return readCmudict();
  if ('file' in source) return readTable(source, badRows);
  return toyExamples(source.synthetic, source);
}
