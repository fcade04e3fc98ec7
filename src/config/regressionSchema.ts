import { z } from 'zod';
import { valueMetricNames } from '../metrics/values.js';
import { checkAugmented, checkBpeDropout, valueAugmentations } from './augmentationSchema.js';
import { checkContext, contextKeys, type ContextConfig } from './contextSchema.js';
import { column, partsOf, tableKeys, textSchema, textSplitKeys } from './dataSchema.js';
import {
  checkSide,
  headDropout,
  mlpEncoder,
  poolingSchema,
  textEncoderForms,
  type TextEncoderConfig,
} from './modelSchema.js';
import { size } from './numbers.js';
import { runName } from './runName.js';
import {
  checkShares,
  checkTraining,
  demandOf,
  measures,
  trainingKeys,
  validationSchema,
  type Demand,
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
  context: column.optional().describe('the same: second texts, which model.context reads beside the first'),
  features: columns
    .optional()
    .describe('columns of numbers to read, by index or name; beside texts they are what model.context reads'),
  values,
});
export type ValuedSource = z.output<typeof valuedSchema>;

/** What examples are read from, in words. */
function kindsOf({ text, context, features }: ValuedSource): string {
  const named = { texts: text, contexts: context, features };
  const kinds = Object.entries(named).filter(([, given]) => given !== undefined);
  return kinds.map(([kind]) => kind).join(' and ');
}

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
    }).extend(scalingKeys),
    text: textSchema.prefault({}),
    model: z
      .strictObject({
        encoder: z
          .discriminatedUnion('type', [
            ...textEncoderForms,
            mlpEncoder,
            z.strictObject({
              type: z.literal('rbf'),
              units: size
                .default(32)
                .describe('radial basis functions; they start where k-means finds the training data'),
            }),
          ])
          .prefault({}),
        pooling: poolingSchema,
        context: z
          .strictObject({
            encoder: z.discriminatedUnion('type', [...textEncoderForms, mlpEncoder]).prefault({}),
            ...contextKeys,
          })
          .optional(),
        dropout: headDropout,
      })
      .prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: valueAugmentations,
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
    const textEncoder = encoder.type === 'mlp' || encoder.type === 'rbf' ? undefined : encoder;
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
    checkSecond(source, textEncoder, config.model.context, demand);
    const reads = [
      ...(texts ? (['texts'] as const) : []),
      ...(source.features ? (['numbers'] as const) : []),
    ];
    checkAugmented(config.training.augment, reads, demand);
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

/** What data and model must say together of what stands beside a text. */
function checkSecond(
  { text, context, features }: ValuedSource,
  encoder: TextEncoderConfig | undefined,
  read: ContextConfig | undefined,
  demand: Demand,
): void {
  if (text === undefined)
    demand(
      context === undefined,
      'data.source.context',
      'is the context of texts; give their column (data.source.text), or leave it out',
    );
  else
    demand(
      context === undefined || features === undefined,
      'data.source.context',
      'is given beside data.source.features; a text has one context, so keep one of them',
    );
  const given = text === undefined ? undefined : context === undefined ? features && 'features' : 'context';
  checkContext(read, demand, {
    encoder,
    given: given && `data.source.${given}`,
    wanted: 'data.source.context or data.source.features beside data.source.text',
  });
  if (!read || !given) return;
  demand(
    (read.encoder.type === 'mlp') === (given === 'features'),
    'model.context.encoder.type',
    given === 'features'
      ? `is ${read.encoder.type}, but the context is numbers (data.source.features); use mlp`
      : 'is mlp, but the context is a text (data.source.context); use recurrent, transformer or convolutional',
  );
}

export type RegressionConfig = z.output<typeof regressionConfigSchema>;
