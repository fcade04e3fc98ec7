import { z } from 'zod';
import { valueLossTypes } from '../models/valueLoss.js';
import { column } from './dataSchema.js';
import type { Demand } from './trainingSchema.js';

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
