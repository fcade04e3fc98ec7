import type { BadRows } from '../../data/badRows.js';
import type { Cleaner } from '../../data/cleaning.js';
import { encodeEach } from '../../data/dataset.js';
import { groupBySource, type Example, type Pair } from '../../data/examples.js';
import { groupingKey } from '../../data/leaks.js';
import { PairFileWriter, type PairFile } from '../../data/node/pairFile.js';
import { SpilledPairsWriter, type SpilledPairs } from '../../data/node/spilledPairs.js';
import { splitOf, type SplitName } from '../../data/split.js';
import { SplitColumns } from '../../data/splitColumns.js';
import { requireSourceLength, requireTargetLength } from '../../models/lengths.js';
import { UserError } from '../../tensor/errors.js';
import type { TableConfig } from '../dataSchema.js';
import type { KnownEncodings } from '../initialValues.js';
import type { PairConfig, PairData } from '../pairSchema.js';
import {
  buildEncodings,
  buildPairModel,
  drawExamples,
  encodeHeldOut,
  pairTaskOf,
  type PairTask,
} from '../pairTask.js';
import { cleaned, tidied } from './cleanTexts.js';
import { withOwnSplits } from './ownSplits.js';
import { readPairs, readTable } from './readExamples.js';
import { sharesOf } from './shares.js';

/** Data of which the training pairs are not held. */
interface StreamedData {
  readonly data: PairData;
}

/**
 * Builds what a configuration with `data.onDisk` describes. The rows are read once: training pairs go to a temporary file
 * as texts, tokenizers learn from all of them there, and as token ids they go to another one, from which batches are read.
 * @throws UserError as `readExamples` and `buildPairTask`, and when the disk is full.
 */
export async function buildPairTaskOnDisk(
  config: PairConfig,
  badRows: BadRows,
  cleaner: Cleaner | undefined,
  known: KnownEncodings | undefined,
): Promise<PairTask<PairFile>> {
  const { pairs, heldOut } = await spill(config, badRows, cleaner);
  if (pairs.count === 0)
    throw new UserError('split: no example is left to train on. Give more data, or smaller shares.');
  const encoding = buildEncodings(config, pairs, known);
  const model = buildPairModel(config, encoding);
  const writer = new PairFileWriter();
  const report = encodeEach(pairs.examples, encoding, config.data.limits, (example, source, [target]) => {
    requireSourceLength(example, source.length, model.encoder);
    requireTargetLength(example, target!.length, model.decoder);
    writer.push(source, target!);
  });
  const train = writer.finish();
  const validation = drawExamples(heldOut.validation, config.training.validation.examples);
  const measured = encodeHeldOut(config, { ...heldOut, validation }, { encoding, model });
  const { fingerprint } = train;
  return pairTaskOf(
    config,
    { encoding, model, train, ...measured },
    { pairs: train.count, sources: pairs.sourceCount, fingerprint, report },
  );
}

async function spill(
  config: PairConfig,
  badRows: BadRows,
  cleaner: Cleaner | undefined,
): Promise<{ pairs: SpilledPairs; heldOut: Record<'validation' | 'test', Example[]> }> {
  const writer = new SpilledPairsWriter();
  const heldOut = await readHeldOut(config, badRows, cleaner, (pair) => {
    writer.add(pair);
  });
  return { pairs: writer.finish(), heldOut };
}

/**
 * The examples that `readExamples` sets aside of a table, by a hash of each row, without holding the others.
 * @param train given each training pair.
 * @throws UserError as `readExamples`.
 */
export async function readHeldOut(
  config: StreamedData,
  badRows: BadRows,
  cleaner: Cleaner | undefined,
  train: (pair: Pair) => void = () => undefined,
): Promise<Record<'validation' | 'test', Example[]>> {
  const data = await withOwnSplits(config.data);
  const held: Record<'validation' | 'test', Pair[]> = { validation: [], test: [] };
  for await (const { part, ...pair } of splitPairs(data, badRows, cleaner))
    if (part === 'train') train(pair);
    else held[part].push(pair);
  const own = async (part: 'validation' | 'test') => {
    const table = data[part];
    if (table) return readTable(table, badRows, tidied(cleaner));
    return held[part].length > 0 ? groupBySource(held[part]) : [];
  };
  return { validation: await own('validation'), test: await own('test') };
}

/** Pairs one by one, and the part that each falls into: that of `splitExamples`. */
async function* splitPairs(
  data: PairData,
  badRows: BadRows,
  cleaner: Cleaner | undefined,
): AsyncGenerator<Pair & { readonly part: SplitName }> {
  const { groupBy } = data.split;
  const shares = sharesOf(data);
  // The schema lets no other source through.
  const table = data.source as TableConfig;
  for await (const pair of readPairs(table, badRows, cleaned(cleaner), new SplitColumns(data.split))) {
    const [source, target] = [pair.source.normalize('NFC'), pair.target.normalize('NFC')];
    const key = pair.group ?? (groupBy === 'normalized' ? groupingKey(source) : source);
    yield { source, target, origin: pair.origin, part: splitOf(key, shares) };
  }
}
