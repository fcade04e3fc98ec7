import { z } from 'zod';
import { badRowPolicies } from '../data/badRows.js';
import { decimals, isEncoding, separators, tableFormats } from '../data/tableSource.js';
import { unicodeForms } from '../text/normalization.js';
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
  decimal: z
    .enum(decimals)
    .optional()
    .describe('what stands before the decimals of numbers in a TSV or CSV file; default: point'),
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
  orderBy: z
    .strictObject({
      column: column.describe('of times: numbers, or ISO dates such as 2024-05-31 and 2024-05-31T12:00:00Z'),
    })
    .optional()
    .describe(
      'splits the rows of a table by time: the last ones are the test part, those before them the validation part, and rows of one time stay together',
    ),
};

/** Rows of a table that have something in common, beside what is read of them. */
export const groupColumn = z.strictObject({
  column: column.describe('rows with one value of this column stay together'),
});

/** Cross-validation: one model for each fold. */
export const foldKeys = {
  folds: whole(2)
    .optional()
    .describe('parts of about one size; one of them is the test part, and test is not heeded'),
  fold: whole(0).default(0).describe('which of the folds that is, counted from 0'),
};

/** Parts of texts. */
export const rowSplitKeys = {
  ...splitKeys,
  groupBy: z
    .union([z.enum(['text', 'normalized']), groupColumn])
    .default('text')
    .describe(
      'what stays in one part: equal texts; texts that are equal but for case, punctuation and spaces; rows with one value of a column',
    ),
};

/** Parts of texts that have labels. */
export const textSplitKeys = { ...rowSplitKeys, ...foldKeys };

/** The same where the labels are classes. */
export const classSplitKeys = {
  ...textSplitKeys,
  stratify: z.boolean().default(false).describe('every part gets its share of each class'),
};

/** How texts are cleaned before they are split. @param names of the texts of a row. */
export const cleanSchema = <Name extends string>(...names: readonly Name[]) => {
  const script = z
    .string()
    .min(1)
    .optional()
    .describe('rows are dropped of which this text is not mostly in this script: Latin, Han, Arabic …');
  const scripts = Object.fromEntries(names.map((name) => [name, script])) as Record<Name, typeof script>;
  return z
    .strictObject({
      unicode: z
        .enum(unicodeForms)
        .default('NFC')
        .describe('normal form of texts; NFKC also folds full-width letters, ligatures and the like'),
      collapseSpaces: z.boolean().default(false).describe('any run of white space becomes one space'),
      lowercase: z.boolean().default(false).describe('texts become lower-case'),
      minLength: whole(0).default(0).describe('rows with a shorter text are dropped; in characters'),
      maxLength: size.optional().describe('rows with a longer text are dropped; in characters'),
      maxRatio: z
        .number()
        .min(1)
        .optional()
        .describe('rows are dropped whose longest text is more than this times as long as their shortest'),
      dropDuplicates: z
        .boolean()
        .default(false)
        .describe('rows that come again, after cleaning and in all they have, are dropped'),
      scripts: z.strictObject(scripts).optional(),
    })
    .optional()
    .describe('files for validation and test lose no rows by it');
};

interface Parts<Split, Clean> {
  readonly split: Split;
  /** Names of the texts of a row. */
  readonly clean: readonly Clean[];
}

/** Examples that are split, or have files of their own for validation and test. @param what they are, for the reference. */
export const partsOf = <Part extends z.ZodType, Split extends z.core.$ZodLooseShape, Clean extends string>(
  part: Part,
  what: string,
  { split, clean }: Parts<Split, Clean>,
) =>
  z.strictObject({
    source: part.describe(what),
    validation: part.optional().describe('validation examples from a file of their own'),
    test: part.optional().describe('test examples from a file of their own'),
    split: z.strictObject(split).prefault({} as never),
    clean: cleanSchema(...clean),
    ...badRowKeys,
  });

/** How large images are made. */
export const imageFormKeys = {
  height: size.describe('pixels that the model reads; images are scaled to cover them, the middle stays'),
  width: size.describe('the same'),
  channels: z.literal([1, 3]).default(3).describe('1: grey; 3: colour'),
};

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
