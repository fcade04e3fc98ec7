import { z } from 'zod';
import { valueLossTypes } from '../models/valueLoss.js';
import { column } from './dataSchema.js';
import { scalingTypes } from './scaling.js';
import type { Demand } from './trainingSchema.js';

/** Columns by index or name. */
export const columns = z.array(column).min(1);

/** How numbers are scaled; fitted on the training part alone, and inverted on what the model says. */
export const scalingKeys = {
  scaling: z
    .enum(scalingTypes)
    .default('standard')
    .describe('of each column: to mean 0 and deviation 1, or to lie from 0 to 1; by the training part alone'),
};

/** The keys of `training` about the loss of values. */
export const valueLossKeys = {
  loss: z
    .enum(valueLossTypes)
    .default('mse')
    .describe('squared error; absolute error; Huber’s, squared below delta and absolute above'),
  delta: z
    .number()
    .positive()
    .default(1)
    .describe('where Huber’s loss becomes absolute, in the unit of data.scaling'),
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
