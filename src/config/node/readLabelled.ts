import { BadRows } from '../../data/badRows.js';
import type { LabelledImages, LabelledText } from '../../data/labelled.js';
import { takeImages } from '../../data/labelled.js';
import { isFolder } from '../../data/node/dataSetFolder.js';
import { readImages } from '../../data/node/idx.js';
import { readImageFolder } from '../../data/node/imageFolder.js';
import { filesInTable, filesOfClasses } from '../../data/node/labelledFiles.js';
import { readMnist } from '../../data/node/mnist.js';
import { isRecordingFile, readRecordings } from '../../data/node/recordings.js';
import { noRows, readRows } from '../../data/node/rows.js';
import { splitOf, type SplitName } from '../../data/split.js';
import type { Column } from '../../data/tableSource.js';
import { UserError } from '../../tensor/errors.js';
import { hashText } from '../../tensor/random.js';
import type { ClassificationConfig, LabelledSource } from '../classificationSchema.js';
import type { LabelledData } from '../classificationTask.js';
import { withOwnSplits } from './ownSplits.js';

type TextSource = Extract<LabelledSource, { file: string }>;
type ImageSource = Exclude<LabelledSource, TextSource>;

/**
 * Reads the data of a configuration, split: texts by a hash of each, so that equal texts stay together, images by a hash
 * of their pixels. A validation or test file of its own takes the place of that share.
 * @throws UserError naming the file and the line.
 */
export async function readLabelled(
  { data }: Pick<ClassificationConfig, 'data'>,
  badRows = new BadRows(data.onBadRow),
): Promise<LabelledData> {
  const { source, validation, test } = data;
  if ('file' in source) return { texts: await readLabelledSplits({ ...data, source } as TextData, badRows) };
  const read = (part: object) => readLabelledImages(part as ImageSource, badRows);
  const images: Record<SplitName, LabelledImages> = splitImages(await read(source), sharesOf(data));
  if (validation) images.validation = await read(validation);
  if (test) images.test = await read(test);
  return { images };
}

/** Labelled texts, and perhaps files of their own for validation and test. */
export interface TextData {
  readonly source: TextSource;
  readonly validation?: TextSource;
  readonly test?: TextSource;
  readonly split: Shares;
}

/** Reads labelled texts, split as {@link readLabelled} does. @throws UserError naming the file and the line. */
export async function readLabelledSplits(
  given: TextData,
  badRows?: BadRows,
): Promise<Record<SplitName, LabelledText[]>> {
  const data = await withOwnSplits(given);
  const texts = splitTexts(await readLabelledTexts(data.source, badRows), sharesOf(data));
  if (data.validation) texts.validation = await readLabelledTexts(data.validation, badRows);
  if (data.test) texts.test = await readLabelledTexts(data.test, badRows);
  return texts;
}

/** What is set aside; parts with a file of their own take nothing. */
function sharesOf({
  split,
  validation,
  test,
}: {
  readonly split: Shares;
  readonly validation?: unknown;
  readonly test?: unknown;
}): Shares {
  return { ...split, validation: validation ? 0 : split.validation, test: test ? 0 : split.test };
}

/** Reads the labelled texts of a table. @throws UserError naming the file and the line. */
export async function readLabelledTexts(
  { columns, ...source }: TextSource,
  badRows = new BadRows(),
): Promise<LabelledText[]> {
  const texts: LabelledText[] = [];
  const { text, label, context } = columns;
  const wanted: Readonly<Record<string, Column>> = { text, label, ...(context !== undefined && { context }) };
  for await (const { fields, origin } of readRows(source, wanted, { badRows })) {
    const example = badRows.attempt(origin, () => labelled(fields as unknown as LabelledFields, origin));
    if (example) texts.push(example);
  }
  if (texts.length === 0) throw noRows(source, badRows);
  return texts;
}

type LabelledFields = Omit<LabelledText, 'origin'>;

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

/** Reads labelled images. @throws UserError naming the file. */
export function readLabelledImages(source: ImageSource, badRows?: BadRows): Promise<LabelledImages> {
  if ('package' in source) return readMnist();
  if ('folder' in source) return readImageFolder(source.folder, source, badRows);
  if ('recordings' in source) return readLabelledRecordings(source, badRows);
  return readImages(source.images, source.labels);
}

async function readLabelledRecordings(
  source: Extract<ImageSource, { recordings: string }>,
  badRows = new BadRows(),
): Promise<LabelledImages> {
  const { recordings: place, columns, format, encoding, header, separator } = source;
  const files = (await isFolder(place))
    ? await filesOfClasses(place, isRecordingFile, 'recordings (WAV)')
    : await filesInTable({ file: place, format, encoding, header, separator }, columns, badRows);
  return readRecordings(files, source, place, badRows);
}

type Shares = ClassificationConfig['data']['split'];

function splitTexts(texts: readonly LabelledText[], shares: Shares): Record<SplitName, LabelledText[]> {
  const parts: Record<SplitName, LabelledText[]> = { train: [], validation: [], test: [] };
  for (const each of texts) parts[splitOf(each.text, shares)].push(each);
  return parts;
}

function splitImages(images: LabelledImages, shares: Shares): Record<SplitName, LabelledImages> {
  const size = images.channels * images.height * images.width;
  const parts: Record<SplitName, number[]> = { train: [], validation: [], test: [] };
  images.labels.forEach((_, i) => {
    const pixels = images.values.subarray(i * size, (i + 1) * size);
    parts[splitOf(String(hashText(pixels.join())), shares)].push(i);
  });
  return {
    train: takeImages(images, parts.train),
    validation: takeImages(images, parts.validation),
    test: takeImages(images, parts.test),
  };
}
