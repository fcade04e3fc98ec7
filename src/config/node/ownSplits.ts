import { dataSetFiles, isFolder } from '../../data/node/dataSetFolder.js';
import type { TableSource } from '../../data/tableSource.js';

/** Where examples are, and perhaps those to validate and to test. */
interface Parts {
  readonly source: object;
  readonly validation?: object;
  readonly test?: object;
  readonly split?: { readonly folds?: number | undefined };
}

/**
 * The parts of data of which the source is a data set's folder: its own validation and test splits, where it has them and no
 * others are given. Of other data nothing changes.
 * @throws UserError when there is no such file or folder.
 */
export async function withOwnSplits<Data extends Parts>(data: Data): Promise<Data> {
  const parts: { validation?: object; test?: object } = {};
  for (const split of ['validation', 'test'] as const) {
    const given = data[split];
    // Of folds each is the test part in turn, and what a data set sets aside stays aside.
    if (split === 'test' && data.split?.folds !== undefined) continue;
    if (given && isTable(given)) parts[split] = { split, ...given };
    else if (!given && isTable(data.source) && (await hasSplit(data.source, split)))
      parts[split] = { ...data.source, split };
  }
  return { ...data, ...parts };
}

function isTable(source: object): source is TableSource {
  return 'file' in source;
}

async function hasSplit({ file, format, subset }: TableSource, split: string): Promise<boolean> {
  if (format !== undefined || !(await isFolder(file))) return false;
  return (await dataSetFiles(file, { subset, split })) !== undefined;
}
