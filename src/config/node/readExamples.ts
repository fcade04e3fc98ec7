import { groupBySource, type Example } from '../../data/examples.js';
import { readCmudict } from '../../data/node/cmudict.js';
import { readTsv } from '../../data/node/tsv.js';
import { splitExamples, type SplitName } from '../../data/split.js';
import { toyExamples } from '../../data/toy.js';
import type { TableConfig } from '../dataSchema.js';
import type { PairConfig, SourceConfig } from '../pairSchema.js';

/**
 * Reads the data of a configuration, split. A validation or test file of its own takes the place of that share.
 * @throws UserError naming the file and the line.
 */
export async function readExamples({
  data,
}: Pick<PairConfig, 'data'>): Promise<Record<SplitName, Example[]>> {
  const { seed, validation, test } = data.split;
  const splits = splitExamples(await readSource(data.source), {
    seed,
    validation: data.validation ? 0 : validation,
    test: data.test ? 0 : test,
  });
  if (data.validation) splits.validation = await readTable(data.validation);
  if (data.test) splits.test = await readTable(data.test);
  return splits;
}

/** Reads the examples of a table, grouped by source. */
export function readTable({ file, columns, header }: TableConfig): Promise<Example[]> {
  return groupBySource(readTsv(file, { columns, header }));
}

async function readSource(source: SourceConfig): Promise<Example[]> {
  if ('package' in source) return readCmudict();
  if ('file' in source) return readTable(source);
  return toyExamples(source.synthetic, source);
}
