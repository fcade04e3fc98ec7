import { someImages, type Images } from '../data/images.js';
import type { Labels } from '../data/labels.js';
import type { SplitMarks } from '../data/splitMarks.js';
import { TensorExamples } from '../data/tensorExamples.js';
import type { EvaluationData, TrainingData } from '../data/trainingData.js';
import { counted } from '../formats/terminal.js';
import type { FeatureEncoder } from '../models/featureEncoder.js';
import { hashText } from '../tensor/random.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { vectorInput } from './buildVectorFeatures.js';
import type { Scaling } from './scaling.js';
import { encodeTextColumns, shownText, type TextColumns, type TextColumnsEncoding } from './textColumns.js';
import { shownValues } from './values.js';

/** Columns of numbers, row by row. */
export interface Columns {
  readonly names: readonly string[];
  /** [rows · columns] */
  readonly values: Float64Array;
}

/** What a model reads of the rows of a table: texts, perhaps with a context beside each, or features alone. */
export interface TableInputs {
  /** Undefined where features alone are read. */
  readonly texts: readonly string[] | undefined;
  /** Second texts, where they are the context of the first. */
  readonly contexts?: readonly string[] | undefined;
  /** Beside texts they are their context. */
  readonly features: Columns | undefined;
  /** Where they are the context of texts. */
  readonly images?: Images | undefined;
  /** What each row is split by, where columns of that are. */
  readonly marks?: readonly SplitMarks[] | undefined;
  /** Where each row stands, for messages. */
  readonly origins: readonly string[];
}

/** The rows that are wanted, in their order. */
export function someInputs(all: TableInputs, wanted: (row: number) => boolean): TableInputs {
  const kept = [...all.origins.keys()].filter(wanted);
  const rows = <T>(items: readonly T[]) => kept.map((i) => items[i]!);
  return {
    texts: all.texts && rows(all.texts),
    contexts: all.contexts && rows(all.contexts),
    features: all.features && someColumns(all.features, wanted),
    images: all.images && someImages(all.images, kept),
    marks: all.marks && rows(all.marks),
    origins: rows(all.origins),
  };
}

/** The same of columns of numbers. */
export function someColumns({ names, values }: Columns, wanted: (row: number) => boolean): Columns {
  return { names, values: values.filter((_, i) => wanted(Math.floor(i / names.length))) };
}

/** The numbers of a row. */
export function rowOf({ names, values }: Columns, row: number): Float64Array {
  return values.subarray(row * names.length, (row + 1) * names.length);
}

/** The texts that a vocabulary is learnt from, each with its context; undefined where none are read. */
export function learntTexts({ texts, contexts }: TableInputs): string[] | undefined {
  return texts?.flatMap((text, i) => (contexts ? [text, contexts[i]!] : [text]));
}

/** What tells a row from others: its text, or its features. */
export function inputKey({ texts, features }: TableInputs, row: number): string {
  return texts?.[row] ?? rowOf(features!, row).join();
}

/** A row in words, for people. */
export function shownInput(inputs: TableInputs, row: number): string {
  const texts = textColumnsOf(inputs);
  return texts ? shownText(texts, row) : shownValues(rowOf(inputs.features!, row));
}

/** What rows consist of, in numbers. */
export function contentOf({ texts = [], contexts = [], features, images }: TableInputs): ArrayLike<number>[] {
  return [
    [...texts, ...contexts].map((each) => hashText(each)),
    features?.values ?? [],
    ...(images ? [images.values] : []),
  ];
}

/** What a model reads, in words: `120 tokens`, `4 features`, `images of 28 × 28`. */
export function readWords({
  text,
  features,
  image,
}: {
  readonly text: TextEncoding | undefined;
  readonly features: Scaling | undefined;
  readonly image: Pick<Images, 'channels' | 'height' | 'width'> | undefined;
}): string[] {
  return [
    ...(text ? [`${text.vocabulary.size} tokens`] : []),
    ...(features ? [counted(features.names.length, 'feature')] : []),
    ...(image
      ? [`images of ${image.height} × ${image.width}${image.channels > 1 ? ` × ${image.channels}` : ''}`]
      : []),
  ];
}

/** Rows as a model reads them. @throws UserError naming a text that is empty, or too long for the model. */
export function encodeInputs(
  inputs: TableInputs,
  encoding: TextColumnsEncoding,
  encoder: FeatureEncoder,
  labels: readonly Labels[] = [],
): TrainingData & EvaluationData {
  const texts = textColumnsOf(inputs);
  if (!texts) return encodeFeatures(inputs.features!, encoding.features!, labels);
  return encodeTextColumns(texts, encoding, encoder, (i) => inputs.origins[i]!, labels);
}

function textColumnsOf({ texts, contexts, features, images }: TableInputs): TextColumns | undefined {
  return texts && { texts, contexts, features: features?.values, images };
}

/** Rows of features as a model reads them. */
export function encodeFeatures(
  { names, values }: Columns,
  { scaler }: Scaling,
  labels: readonly Labels[] = [],
): TensorExamples {
  return new TensorExamples({
    input: vectorInput,
    shape: [names.length],
    values: scaler.transform(values),
    labels,
  });
}
