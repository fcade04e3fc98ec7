import { examplesOfClasses, imageClasses, nameOfImage } from '../data/imageExamples.js';
import type { LabelledImages, LabelledText } from '../data/labelled.js';
import { classLabels } from '../data/labels.js';
import type { SplitName } from '../data/split.js';
import { TextExamples } from '../data/textExamples.js';
import type { EvaluationData, TrainingData } from '../data/trainingData.js';
import { counted } from '../formats/terminal.js';
import type { Classifier } from '../models/classifier.js';
import { UserError } from '../tensor/errors.js';
import type { LabelSet } from '../text/labelSet.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import type { BagEncoding } from '../text/vectorizerJson.js';
import { rowsOfTexts, type LabelledRows } from './labelledRows.js';
import type { Scaling } from './scaling.js';
import { contentOf, encodeInputs, shownInput } from './tableInputs.js';

/** Labelled examples by split: texts, rows of a table, or images. */
export type LabelledData =
  | { readonly texts: Readonly<Record<SplitName, readonly LabelledText[]>> }
  | { readonly rows: Readonly<Record<SplitName, LabelledRows>> }
  | { readonly images: Readonly<Record<SplitName, LabelledImages>> };

/** What a classifier reads and says. */
export interface ClassEncoding {
  readonly labels: LabelSet;
  /** Of texts that are read token by token; else undefined. */
  readonly text: TextEncoding | undefined;
  /** Of texts that are read as bags of terms; else undefined. */
  readonly bag?: BagEncoding | undefined;
  /** Of features, where any are read. */
  readonly features?: Scaling | undefined;
  /** Of images that are classified; else undefined. */
  readonly image: { readonly channels: number; readonly height: number; readonly width: number } | undefined;
}

/** A part of the data as a classifier reads it. */
export interface ClassExamples {
  readonly data: TrainingData & EvaluationData;
  readonly count: number;
  /** [count] */
  readonly classes: Int32Array;
  /** What the examples consist of, in numbers. */
  readonly content: readonly ArrayLike<number>[];
  /** An example in words, for people: the text itself, or which image it is. */
  readonly shown: (index: number) => string;
}

/** Examples that are rows of a table, column by column; undefined of images. */
export function labelledRows(data: LabelledData, name: SplitName): LabelledRows | undefined {
  if ('rows' in data) return data.rows[name];
  return 'texts' in data ? rowsOfTexts(data.texts[name]) : undefined;
}

/** A split as a classifier reads it; undefined where it is empty. @throws UserError naming an example that does not fit. */
export function encodePart(
  data: LabelledData,
  name: SplitName,
  encoding: ClassEncoding,
  model: Classifier,
): ClassExamples | undefined {
  return 'images' in data
    ? encodeImages(data.images[name], encoding)
    : encodeRows(labelledRows(data, name)!, encoding, model);
}

function encodeRows(
  rows: LabelledRows,
  encoding: ClassEncoding,
  { encoder, labels: name }: Classifier,
): ClassExamples | undefined {
  const { labels, origins } = rows;
  if (labels.length === 0) return undefined;
  const classes = Int32Array.from(labels, (label, i) => encoding.labels.idOf(label, origins[i]!));
  const data = encodeInputs(rows, encoding, encoder, [classLabels(classes, name)]);
  const tokens = data instanceof TextExamples ? [data.texts.offsets, data.texts.ids] : [];
  const content = [...tokens, ...contentOf({ ...rows, texts: undefined })];
  return { data, count: labels.length, classes, content, shown: (i) => shownInput(rows, i) };
}

function encodeImages(images: LabelledImages, { labels, image }: ClassEncoding): ClassExamples | undefined {
  const count = images.labels.length;
  if (count === 0) return undefined;
  const { channels, height, width } = images;
  if (channels !== image!.channels || height !== image!.height || width !== image!.width)
    throw new UserError(
      `${images.origin}: the images are ${height} × ${width} with ${counted(channels, 'channel')}, the model reads ${image!.height} × ${image!.width} with ${image!.channels}.`,
    );
  const classes = imageClasses(images, labels);
  return {
    data: examplesOfClasses(images, classes),
    count,
    classes,
    content: [images.values],
    shown: (i) => nameOfImage(images, i),
  };
}
