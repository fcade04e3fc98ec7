import type { LabelledImages, LabelledText } from '../../data/labelled.js';
import { takeImages } from '../../data/labelled.js';
import { readImages } from '../../data/node/idx.js';
import { readMnist } from '../../data/node/mnist.js';
import { readColumns } from '../../data/node/tsv.js';
import { splitOf, type SplitName } from '../../data/split.js';
import { UserError } from '../../tensor/errors.js';
import { hashText } from '../../tensor/random.js';
import type { ClassificationConfig, LabelledSource } from '../classificationSchema.js';
import type { LabelledData } from '../classificationTask.js';

type TextSource = Extract<LabelledSource, { file: string }>;
type ImageSource = Exclude<LabelledSource, TextSource>;

/**
 * Reads the data of a configuration, split: texts by a hash of each, so that equal texts stay together, images by a hash
 * of their pixels. A validation or test file of its own takes the place of that share.
 * @throws UserError naming the file and the line.
 */
export async function readLabelled({ data }: ClassificationConfig): Promise<LabelledData> {
  const { source, validation, test } = data;
  if ('file' in source) return { texts: await readLabelledSplits({ ...data, source } as TextData) };
  const split = sharesOf(data);
  const images: Record<SplitName, LabelledImages> = splitImages(await readLabelledImages(source), split);
  if (validation) images.validation = await readLabelledImages(validation as ImageSource);
  if (test) images.test = await readLabelledImages(test as ImageSource);
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
export async function readLabelledSplits(data: TextData): Promise<Record<SplitName, LabelledText[]>> {
  const texts = splitTexts(await readLabelledTexts(data.source), sharesOf(data));
  if (data.validation) texts.validation = await readLabelledTexts(data.validation);
  if (data.test) texts.test = await readLabelledTexts(data.test);
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
export async function readLabelledTexts({ file, columns, header }: TextSource): Promise<LabelledText[]> {
  const texts: LabelledText[] = [];
  const { text, label, context } = columns;
  const rows: AsyncIterable<{ cells: Omit<LabelledText, 'origin'>; origin: string }> =
    context === undefined
      ? readColumns(file, { columns: { text, label }, header })
      : readColumns(file, { columns: { text, label, context }, header });
  for await (const { cells, origin } of rows) {
    for (const [name, cell] of Object.entries(cells))
      if (cell.trim() === '')
        throw new UserError(`${origin}: the ${name} is empty. Give it one, or remove the row.`);
    texts.push({
      text: cells.text.normalize('NFC'),
      ...(cells.context !== undefined && { context: cells.context.normalize('NFC') }),
      label: cells.label.normalize('NFC').trim(),
      origin,
    });
  }
  return texts;
}

/** Reads labelled images. @throws UserError naming the file. */
export function readLabelledImages(source: ImageSource): Promise<LabelledImages> {
  return 'package' in source ? readMnist() : readImages(source.images, source.labels);
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
