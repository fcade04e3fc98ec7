import { z } from 'zod';
import { separators } from '../data/numberTable.js';
import { valueLossTypes } from '../models/valueLoss.js';
import { column } from './dataSchema.js';
import type { Demand } from './trainingSchema.js';

/** Where a table of numbers is, and how it is written. */
export const numberTableKeys = {
  file: z
    .string()
    .min(1)
    .describe('a table, UTF-8, without quotes; a relative path starts at the configuration’s folder'),
  header: z.boolean().default(false).describe('whether the first line names the columns'),
  separator: z
    .enum(separators)
    .optional()
    .describe('what stands between two cells; default: comma for a file .csv, else tab'),
};

/** Columns by index or name. */
export const columns = z.array(column).min(1);

/** The keys of `training` about the loss of values. */
export const valueLossKeys = {
  loss: z
    .enum(valueLossTypes)
    .default('mse')
    .describe('squared error; absolute error; Huber’s, squared below delta and absolute above'),
  delta: z.number().positive().default(1).describe('where Huber’s loss becomes absolute, in deviations'),
};

/** What the keys about the loss must say together. @param group where they stand. */
export function checkValueLoss(
  { loss, delta }: { readonly loss: string; readonly delta: number },
  demand: Demand,
  group = 'training',
): void {
  demand(
    loss === 'huber' || delta === 1,
    `${group}.delta`,
    `is for Huber’s loss, but ${group}.loss is ${loss}; leave it out`,
  );
}
