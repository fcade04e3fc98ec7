import { z } from 'zod';
import { multiLabelMetricNames } from '../metrics/multiLabel.js';
import { rowAugmentations } from './augmentationSchema.js';
import { bagEncoder, checkLabelled, labelledRowsSchema } from './classificationSchema.js';
import { contextSchema } from './contextSchema.js';
import { partsOf, textSchema, textSplitKeys } from './dataSchema.js';
import { headDropout, poolingSchema, textEncoderForms, vectorEncoderForms } from './modelSchema.js';
import { contextImageKeys } from './readColumns.js';
import { runName } from './runName.js';
import { demandOf, measures, trainingKeys, validationSchema } from './trainingSchema.js';
import { scalingKeys } from './valueKeys.js';

/** What can be measured of examples with several labels, and what is by default. */
export const multiLabelMeasures = measures(
  ['loss', ...multiLabelMetricNames],
  ['loss', 'microF1', 'macroF1'],
);

/** A model that says which of some labels an example has: none, one or several. */
export const multiLabelConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('multi-label'),
    data: partsOf(labelledRowsSchema('the labels'), 'texts or rows of numbers, and their labels', {
      split: textSplitKeys,
      clean: ['text', 'context'],
    }).extend({
      labelSeparator: z
        .string()
        .min(1)
        .default(',')
        .describe(
          'what stands between two labels of a cell; an empty cell has none; " " for lists of JSON lines',
        ),
      ...scalingKeys,
      ...contextImageKeys,
    }),
    text: textSchema.prefault({}),
    model: z
      .strictObject({
        encoder: z
          .discriminatedUnion('type', [...textEncoderForms, bagEncoder, ...vectorEncoderForms])
          .prefault({}),
        pooling: poolingSchema,
        context: contextSchema,
        dropout: headDropout,
      })
      .prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: rowAugmentations,
        positiveWeight: z
          .number()
          .positive()
          .default(1)
          .describe('what a label that an example has counts in the loss; above 1 more labels are said'),
        validation: validationSchema(multiLabelMeasures.all, multiLabelMeasures.usual).prefault({}),
      })
      .prefault({}),
    decoding: z
      .strictObject({
        threshold: z.number().gt(0).lt(1).default(0.5).describe('probability from which on a label is said'),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    checkLabelled(config, demandOf(context));
  });

export type MultiLabelConfig = z.output<typeof multiLabelConfigSchema>;
