import { z } from 'zod';
import { share, size, whole } from './numbers.js';

export const column = z.union([whole(0), z.string().min(1)]);

const table = {
  file: z
    .string()
    .min(1)
    .describe('tab-separated values, UTF-8; a relative path starts at the configuration’s folder'),
  columns: z
    .strictObject({
      source: column.default(0).describe('index, counted from 0, or the name in the header'),
      target: column.default(1).describe('index, counted from 0, or the name in the header'),
    })
    .prefault({}),
  header: z.boolean().default(false).describe('whether the first line names the columns'),
};

export const tableSchema = z.strictObject(table);
export type TableConfig = z.output<typeof tableSchema>;

/** The parts of the data. @param validation, test what is set aside by default. */
export const splitKeys = {
  seed: whole(0).default(1).describe('decides what falls into which part'),
  validation: share.default(0.05).describe('share that is set aside to validate'),
  test: share.default(0.05).describe('share that is set aside to test'),
};

/** How a text becomes tokens. */
export const textSchema = z.strictObject({
  tokenizer: z.enum(['character', 'word']).default('character').describe('what a token is'),
  minCount: size.default(1).describe('tokens seen fewer times in the training data become <unknown>'),
});
