import { z } from 'zod';
import { valueMetricNames } from '../metrics/values.js';
import { checkAugmented, checkBpeDropout, rowAugmentations } from './augmentationSchema.js';
import { checkContext, contextSchema } from './contextSchema.js';
import { column, partsOf, tableKeys, textSchema, textSplitKeys } from './dataSchema.js';
import {
  checkSide,
  headDropout,
  isTextEncoder,
  poolingSchema,
  textEncoderForms,
  vectorEncoderForms,
} from './modelSchema.js';
import { changeable, contextImageKeys, kindsOf, readColumnKeys } from './readColumns.js';
import { runName } from './runName.js';
import {
  checkShares,
  checkTraining,
  demandOf,
  measures,
  trainingKeys,
  validationSchema,
} from './trainingSchema.js';
import { checkValueLoss, columns, scalingKeys, valueLossKeys } from './valueKeys.js';

const values = columns.describe('columns of what is to be said, by index, counted from 0, or by name');

/** Texts and their values. */
export const valuedTextsSchema = z.strictObject({
  ...tableKeys,
  text: column.describe('column of the texts, by index, counted from 0, or by name'),
  values,
});

const valuedSchema = z.strictObject({
  ...tableKeys,
  text: column
    .optional()
    .describe('column of the texts, by index, counted from 0, or by name; without it features are read'),
  ...readColumnKeys,
  values,
});
export type ValuedSource = z.output<typeof valuedSchema>;

/** What can be measured of values, and what is by default. */
export const valueMeasures = measures(['loss', ...valueMetricNames], ['loss', 'mae', 'rmse']);

/** A model that says one or several numbers of an example. */
export const regressionConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('regression'),
    data: partsOf(valuedSchema, 'texts, or numbers, and their values', {
      split: textSplitKeys,
      clean: ['text', 'context'],
    }).extend({ ...scalingKeys, ...contextImageKeys }),
    text: textSchema.prefault({}),
    model: z
      .strictObject({
        encoder: z.discriminatedUnion('type', [...textEncoderForms, ...vectorEncoderForms]).prefault({}),
        pooling: poolingSchema,
        context: contextSchema,
        dropout: headDropout,
      })
      .prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: rowAugmentations,
        ...valueLossKeys,
        validation: validationSchema(valueMeasures.all, valueMeasures.usual).prefault({}),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    const { encoder } = config.model;
    const { source } = config.data;
    const texts = source.text !== undefined;
    if (!texts && !source.features) {
      demand(false, 'data.source', 'needs one of the keys text, features');
      return;
    }
    const textEncoder = isTextEncoder(encoder) ? encoder : undefined;
    demand(
      (textEncoder !== undefined) === texts,
      'model.encoder.type',
      texts
        ? `is ${encoder.type}, but data.source has texts; use recurrent, transformer or convolutional`
        : `is ${encoder.type}, but data.source has features; use mlp or rbf`,
    );
    for (const part of ['validation', 'test'] as const)
      demand(
        config.data[part] === undefined || kindsOf(config.data[part]) === kindsOf(source),
        `data.${part}`,
        `must hold ${kindsOf(source)}, as data.source does`,
      );
    if (textEncoder) checkSide('encoder', textEncoder, demand);
    const data = { columns: source, key: 'data.source', image: config.data.image };
    checkContext(config.model.context, demand, { encoder: textEncoder, data });
    checkAugmented(config.training.augment, changeable(source), demand);
    if (texts) checkBpeDropout(config.training.augment, { text: config.text.tokenizer }, demand);
    demand(
      texts || config.data.split.groupBy !== 'normalized',
      'data.split.groupBy',
      'groups texts, and data.source has none; equal rows of features stay together without it, so leave it out',
    );
    checkValueLoss(config.training, demand);
    checkTraining(config.training, demand);
    checkShares(config.data, demand);
    demand(
      config.data.clean === undefined || source.text !== undefined,
      'data.clean',
      'cleans texts, and data.source has none; leave it out',
    );
  });

export type RegressionConfig = z.output<typeof regressionConfigSchema>;
