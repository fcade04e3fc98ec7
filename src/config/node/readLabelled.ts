import { BadRows } from '../../data/badRows.js';
import { partition, splitGroups, type GroupedSplitOptions } from '../../data/groupedSplit.js';
import type { LabelledImages, LabelledText } from '../../data/labelled.js';
import { takeImages } from '../../data/labelled.js';
import { isFolder } from '../../data/node/dataSetFolder.js';
import { readImages } from '../../data/node/idx.js';
import { readImageFolder } from '../../data/node/imageFolder.js';
import { filesInTable, filesOfClasses } from '../../data/node/labelledFiles.js';
import { readMnist } from '../../data/node/mnist.js';
import { isRecordingFile, readRecordings } from '../../data/node/recordings.js';
import { noRows, readRows } from '../../data/node/rows.js';
import { groupingKey } from '../../data/leaks.js';
import type { SplitName } from '../../data/split.js';
import { SplitColumns, type SplitBy } from '../../data/splitColumns.js';
import type { CleaningOptions } from '../../data/cleaning.js';
import type { Column, TableSource } from '../../data/tableSource.js';
import { UserError } from '../../tensor/errors.js';
import { hashText } from '../../tensor/random.js';
import type { ClassificationConfig, LabelledSource } from '../classificationSchema.js';
import type { LabelledData } from '../classExamples.js';
import type { ReadColumns } from '../readColumns.js';
import { cleaned, cleanerOf, tidied, type RowCleaning } from './cleanTexts.js';
import { withOwnSplits } from './ownSplits.js';
import { readLabelledRowSplits, type RowData } from './readLabelledRows.js';
import { sharesOf, timesOf } from './shares.js';

/** A table of labelled texts, perhaps with second texts beside them. */
interface TextSource extends TableSource {
  readonly columns: {
    readonly text: Column;
    readonly label: Column;
    readonly context?: Column | undefined;
  };
}
type ImageSource = Exclude<LabelledSource, { file: string }>;

/**
 * Reads the data of a configuration, split: texts by a hash of each, so that equal texts stay together, images by a hash
 * of their pixels. A validation or test file of its own takes the place of that share.
 * @throws UserError naming the file and the line.
 */
export async function readLabelled(
  { data }: Pick<ClassificationConfig, 'data'>,
  badRows = new BadRows(data.onBadRow),
  cleaner = cleanerOf(data.clean),
): Promise<LabelledData> {
  const { source, validation, test } = data;
  if ('file' in source)
    return hasTextsOnly(source)
      ? { texts: await readLabelledSplits({ ...data, source } as TextData, badRows, cleaner) }
      : { rows: await readLabelledRowSplits({ ...data, source } as RowData, { badRows, cleaner }) };
  const read = (part: object, splitBy?: SplitColumns) =>
    readLabelledImages(part as ImageSource, badRows, splitBy);
  const all = await read(source, new SplitColumns(data.split));
  const images: Record<SplitName, LabelledImages> = splitImages(all, sharesOf(data));
  if (validation) images.validation = await read(validation);
  if (test) images.test = await read(test);
  return { images };
}

/** Whether a table has texts and nothing else that is read, but second texts. */
export function hasTextsOnly<Source extends { readonly columns: ReadColumns }>(
  source: Source,
): source is Source & { readonly columns: { readonly text: Column } } {
  const { text, features, image } = source.columns;
  return text !== undefined && features === undefined && image === undefined;
}

/** Labelled texts, and perhaps files of their own for validation and test. */
export interface TextData {
  readonly source: TextSource;
  readonly validation?: TextSource;
  readonly test?: TextSource;
  readonly split: TextShares;
  readonly clean?: CleaningOptions | undefined;
}

/** How labelled texts are split. */
interface TextShares extends GroupedSplitOptions, SplitBy {
  readonly groupBy: ClassificationConfig['data']['split']['groupBy'];
  readonly stratify?: boolean;
}

/** Reads labelled texts, cleaned and split as {@link readLabelled} does. @throws UserError naming the file and the line. */
export async function readLabelledSplits(
  given: TextData,
  badRows?: BadRows,
  cleaner = cleanerOf(given.clean),
): Promise<Record<SplitName, LabelledText[]>> {
  const { source, split, ...data } = await withOwnSplits(given);
  const { groupBy } = split;
  const splitBy = new SplitColumns(split);
  const texts = await readLabelledTexts(source, badRows, { clean: cleaned(cleaner), splitBy });
  const keyOf = (each: LabelledText) =>
    each.group ?? (groupBy === 'normalized' ? groupingKey(each.text) : each.text);
  const shares = sharesOf({ ...data, split });
  const options = { ...shares, ...timesOf(texts), strata: strataOf(split, texts) };
  const parts = partition(texts, splitGroups(texts.map(keyOf), options));
  const own = { clean: tidied<string>(cleaner) };
  if (data.validation) parts.validation = await readLabelledTexts(data.validation, badRows, own);
  if (data.test) parts.test = await readLabelledTexts(data.test, badRows, own);
  return parts;
}

/** The class of each row, where every part is to have its share of each. */
function strataOf(
  { stratify }: { readonly stratify?: boolean },
  rows: readonly { readonly label: string }[],
): string[] | undefined {
  return stratify ? rows.map(({ label }) => label) : undefined;
}

interface LabelledReading {
  /** What is done to a row; undefined drops it. */
  readonly clean?: RowCleaning<string> | undefined;
  /** The columns that rows are split by; none by default. */
  readonly splitBy?: SplitColumns;
}

/** Reads the labelled texts of a table. @throws UserError naming the file and the line. */
export async function readLabelledTexts(
  { columns, ...source }: TextSource,
  badRows = new BadRows(),
  { clean = (row) => row, splitBy = new SplitColumns() }: LabelledReading = {},
): Promise<LabelledText[]> {
  const examples: LabelledText[] = [];
  const { text, label, context } = columns;
  const wanted: Readonly<Record<string, Column>> = {
    ...{ text, label },
    ...(context !== undefined && { context }),
    ...splitBy.columns,
  };
  for await (const { fields, origin } of readRows(source, wanted, { badRows })) {
    const texts = {
      text: fields['text']!,
      ...(context !== undefined && { context: fields['context']! }),
    };
    const row = clean({ texts, rest: [fields['label'], splitBy.cells(fields)].join('\t'), origin });
    const example =
      row &&
      badRows.attempt(origin, () => ({
        ...labelled({ ...(row.texts as typeof texts), label: fields['label']! }, origin),
        ...splitBy.marks(fields, origin),
      }));
    if (example) examples.push(example);
  }
  if (examples.length === 0) throw noRows(source, badRows);
  return examples;
}

type LabelledFields = Pick<LabelledText, 'text' | 'context' | 'label'>;

function labelled(fields: LabelledFields, origin: string): LabelledText {
  for (const [name, value] of Object.entries(fields))
    if (value.trim() === '')
      throw new UserError(`${origin}: the ${name} is empty. Give it one, or remove the row.`);
  return {
    text: fields.text.normalize('NFC'),
    ...(fields.context !== undefined && { context: fields.context.normalize('NFC') }),
    label: fields.label.normalize('NFC').trim(),
    origin,
  };
}

/** Reads labelled images. @param splitBy the columns that recordings are split by. @throws UserError naming the file. */
export function readLabelledImages(
  source: ImageSource,
  badRows?: BadRows,
  splitBy?: SplitColumns,
): Promise<LabelledImages> {
  if ('package' in source) return readMnist();
  if ('folder' in source) return readImageFolder(source.folder, source, badRows);
  if ('recordings' in source) return readLabelledRecordings(source, badRows, splitBy);
  return readImages(source.images, source.labels);
}

async function readLabelledRecordings(
  source: Extract<ImageSource, { recordings: string }>,
  badRows = new BadRows(),
  splitBy = new SplitColumns(),
): Promise<LabelledImages> {
  const { recordings: place, columns, format, encoding, header, separator } = source;
  const folder = await isFolder(place);
  if (folder && splitBy.some)
    throw new UserError(
      `data.split names a column, but ${place} is a folder, which has none. Give a table of the recordings instead, or leave groupBy and orderBy out.`,
    );
  const files = folder
    ? await filesOfClasses(place, isRecordingFile, 'recordings (WAV)')
    : await filesInTable({ file: place, format, encoding, header, separator }, columns, badRows, splitBy);
  return readRecordings(files, source, place, badRows);
}

function splitImages(images: LabelledImages, split: ClassificationConfig['data']['split']) {
  const size = images.channels * images.height * images.width;
  const pixels = (i: number) => images.values.subarray(i * size, (i + 1) * size).join();
  const keys = images.groups ?? images.labels.map((_, i) => String(hashText(pixels(i))));
  const strata = split.stratify ? images.labels : undefined;
  const { times } = images;
  const parts = partition([...keys.keys()], splitGroups(keys, { ...split, strata, times }));
  return {
    train: takeImages(images, parts.train),
    validation: takeImages(images, parts.validation),
    test: takeImages(images, parts.test),
  };
}
