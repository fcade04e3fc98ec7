import { z } from 'zod';
import type { Column } from '../data/tableSource.js';
import type { AugmentationKind } from './augmentationSchema.js';
import { column, imageFormKeys } from './dataSchema.js';
import { columns } from './valueKeys.js';

/** Columns of a table that a model reads, by what they are to it. */
export interface ReadColumns {
  readonly text?: Column | undefined;
  /** Of second texts. */
  readonly context?: Column | undefined;
  /** Of numbers. */
  readonly features?: readonly Column[] | undefined;
  /** Of the paths of images. */
  readonly image?: Column | undefined;
}

/** The keys of those columns, but the text. */
export const readColumnKeys = {
  context: column.optional().describe('the same: second texts, which model.context reads beside the first'),
  features: columns
    .optional()
    .describe('columns of numbers to read, by index or name; beside texts they are what model.context reads'),
  image: column
    .optional()
    .describe(
      'as text: PNG or JPEG files, by their paths from the table’s folder, which model.context reads beside a text',
    ),
};

/** How the images are made to be of one size. */
export const contextImageKeys = { image: z.strictObject(imageFormKeys).optional() };

/** What can stand beside a text. */
export type Beside = 'features' | 'context' | 'image';

/** What stands beside a text; features without one are read themselves. */
export function beside(read: ReadColumns): Beside[] {
  const kinds = ['features', 'context', 'image'] as const;
  return kinds.filter((kind) => read[kind] !== undefined && (kind !== 'features' || read.text !== undefined));
}

/** What examples are read from, in words: each part of the data must have the same. */
export function kindsOf({ text, context, features, image }: ReadColumns): string {
  const named = { texts: text, contexts: context, features, images: image };
  const kinds = Object.entries(named).filter(([, given]) => given !== undefined);
  return kinds.map(([kind]) => kind).join(' and ');
}

/** What augmentations can change of what is read. */
export function changeable({ text, features, image }: ReadColumns): AugmentationKind[] {
  return [
    ...(text === undefined ? [] : (['texts'] as const)),
    ...(features ? (['numbers'] as const) : []),
    ...(image === undefined ? [] : (['images'] as const)),
  ];
}
