import { z } from 'zod';
import { valueMetricNames } from '../metrics/values.js';
import { mlpActivations } from '../nn/layers/mlp.js';
import { column, partsOf, textSchema } from './dataSchema.js';
import { checkSide, headDropout, poolingSchema, textEncoderForms } from './modelSchema.js';
import { share, size } from './numbers.js';
import { runName } from './runName.js';
import {
  checkShares,
  checkTraining,
  demandOf,
  measures,
  trainingKeys,
  validationSchema,
} from './trainingSchema.js';
import { checkValueLoss, columns, numberTableKeys, valueLossKeys } from './valueKeys.js';

const values = columns.describe('columns of what is to be said, by index, counted from 0, or by name');

/** Texts and their values. */
export const valuedTextsSchema = z.strictObject({
  ...numberTableKeys,
  text: column.describe('column of the texts, by index, counted from 0, or by name'),
  values,
});

const valuedSchema = z.union([
  valuedTextsSchema,
  z.strictObject({
    ...numberTableKeys,
    features: columns.describe('columns that are read, by index, counted from 0, or by name'),
    values,
  }),
]);

/** What can be measured of values, and what is by default. */
export const valueMeasures = measures(['loss', ...valueMetricNames], ['loss', 'mae', 'rmse']);

/** A model that says one or several numbers of an example. */
export const regressionConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('regression'),
    data: partsOf(valuedSchema, 'texts, or numbers, and their values'),
    text: textSchema.prefault({}),
    model: z
      .strictObject({
        encoder: z
          .discriminatedUnion('type', [
            ...textEncoderForms,
            z.strictObject({
              type: z.literal('mlp'),
              hiddenSizes: z.array(size).min(1).default([64, 64]).describe('units of each hidden layer'),
              activation: z.enum(mlpActivations).default('relu').describe('after each hidden layer'),
              dropout: share.default(0).describe('probability that a feature is dropped in training'),
            }),
            z.strictObject({
              type: z.literal('rbf'),
              units: size
                .default(32)
                .describe('radial basis functions; they start where k-means finds the training data'),
            }),
          ])
          .prefault({}),
        pooling: poolingSchema,
        dropout: headDropout,
      })
      .prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        ...valueLossKeys,
        validation: validationSchema(valueMeasures.all, valueMeasures.usual).prefault({}),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    const { encoder } = config.model;
    const texts = 'text' in config.data.source;
    const reader = encoder.type === 'mlp' || encoder.type === 'rbf' ? 'numbers' : 'texts';
    demand(
      (reader === 'texts') === texts,
      'model.encoder.type',
      texts
        ? `is ${encoder.type}, but data.source has texts; use recurrent, transformer or convolutional`
        : `is ${encoder.type}, but data.source has features; use mlp or rbf`,
    );
    for (const part of ['validation', 'test'] as const)
      demand(
        config.data[part] === undefined || 'text' in config.data[part] === texts,
        `data.${part}`,
        `must hold ${texts ? 'texts' : 'features'}, as data.source does`,
      );
    if (encoder.type !== 'mlp' && encoder.type !== 'rbf') checkSide('encoder', encoder, demand);
    checkValueLoss(config.training, demand);
    checkTraining(config.training, demand);
    checkShares(config.data, demand);
  });

export type RegressionConfig = z.output<typeof regressionConfigSchema>;
export type ValuedSource = z.output<typeof valuedSchema>;
