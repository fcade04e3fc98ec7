import { z } from 'zod';
import { badRowPolicies } from '../data/badRows.js';
import { isEncoding, separators, tableFormats } from '../data/tableSource.js';
import { share, size, whole } from './numbers.js';

export const column = z.union([whole(0), z.string().min(1)]);

/** Where a table stands, and how it is written. */
export const tableKeys = {
  file: z
    .string()
    .min(1)
    .describe(
      'a table, .gz or not, or the folder of a Hugging Face data set; a relative path starts at the configuration’s folder',
    ),
  format: z
    .enum(tableFormats)
    .optional()
    .describe(
      'default: by the ending; csv for .csv; jsonl for .jsonl, .ndjson and .json; parquet for .parquet; else tsv',
    ),
  encoding: z
    .string()
    .refine(isEncoding, 'is not an encoding that is known; utf-8, utf-16le, gb18030 and latin1 are some')
    .optional()
    .describe('of the text; default utf-8'),
  header: z
    .boolean()
    .default(false)
    .describe('whether the first row of a TSV or CSV file names the columns; in folders it does'),
  separator: z
    .enum(separators)
    .optional()
    .describe('what stands between two cells; default: comma in CSV, tab in TSV'),
  subset: z.string().min(1).optional().describe('of a folder with several data sets: which one'),
  split: z
    .string()
    .min(1)
    .optional()
    .describe('of a folder: which part of it is read; default: train, or the part that is described'),
};

/** What is done about bad rows. */
export const badRowKeys = {
  onBadRow: z
    .enum(badRowPolicies)
    .default('fail')
    .describe(
      'what to do about rows that cannot be read: fail at the first; skip them; report them, too, in bad-rows.tsv of the run',
    ),
};

/** A column by its place or its name. @param place counted from 0; the default. */
export const columnAt = (place: number) =>
  column
    .default(place)
    .describe(
      'index, counted from 0, or the name in the header; of JSONL and Parquet the key, a.b for keys inside',
    );

/** A table in a file, with the columns that are read of it. */
export const tableOf = <Columns extends z.core.$ZodLooseShape>(columns: Columns) =>
  z.strictObject({ ...tableKeys, columns: z.strictObject(columns).prefault({} as never) });

/** Where texts that are apart from each other stand, one a line. */
export const textLinesKeys = { ...tableKeys, column: columnAt(0) };

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
    ...badRowKeys,
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
