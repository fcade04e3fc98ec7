import { z } from 'zod';
import { share, size, whole } from './numbers.js';

export const column = z.union([whole(0), z.string().min(1)]);

const header = z.boolean().default(false).describe('whether the first line names the columns');

/** A column by its place or its name. @param place counted from 0; the default. */
export const columnAt = (place: number) =>
  column.default(place).describe('index, counted from 0, or the name in the header');

/** A table in a file, with the columns that are read of it. */
export const tableOf = <Columns extends z.core.$ZodLooseShape>(columns: Columns) =>
  z.strictObject({
    file: z
      .string()
      .min(1)
      .describe('tab-separated values, UTF-8; a relative path starts at the configuration’s folder'),
    columns: z.strictObject(columns).prefault({} as never),
    header,
  });

/** Where texts that are apart from each other stand, one a line. */
export const textLinesKeys = {
  file: z
    .string()
    .min(1)
    .describe('tab-separated values, UTF-8: a text a line, which are apart from each other'),
  column: columnAt(0),
  header,
};

export const tableSchema = tableOf({ source: columnAt(0), target: columnAt(1) });
export type TableConfig = z.output<typeof tableSchema>;

/** The parts of the data. */
export const splitKeys = {
  seed: whole(0).default(1).describe('decides what falls into which part'),
  validation: share.default(0.05).describe('share that is set aside to validate'),
  test: share.default(0.05).describe('share that is set aside to test'),
};

/** Examples that are split, or have files of their own for validation and test. @param what they are, for the reference. */
export const partsOf = <Part extends z.ZodType>(part: Part, what: string) =>
  z.strictObject({
    source: part.describe(what),
    validation: part.optional().describe('validation examples from a file of their own'),
    test: part.optional().describe('test examples from a file of their own'),
    split: z.strictObject(splitKeys).prefault({}),
  });

/** How a text becomes tokens. */
export const textSchema = z.strictObject({
  tokenizer: z
    .enum(['character', 'word', 'bpe', 'byte-bpe', 'wordpiece', 'unigram'])
    .default('character')
    .describe('what a token is; the last four are pieces of words that are learnt from the training data'),
  vocabularySize: size
    .optional()
    .describe('tokens in all, 4 special ones among them; pieces of words: 8000 unless given, others: all'),
  minCount: size
    .default(1)
    .describe(
      'tokens (of pieces of words their characters) seen fewer times in the training data become <unknown>',
    ),
});
export type TextConfig = z.output<typeof textSchema>;
