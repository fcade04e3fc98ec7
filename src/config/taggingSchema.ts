import { z } from 'zod';
import { tagMetricNames } from '../metrics/entities.js';
import { tokenAugmentations } from './augmentationSchema.js';
import { column, columnAt, partsOf, tableOf, textSchema, textSplitKeys } from './dataSchema.js';
import { checkSide, headDropout, tokenEncoderForms } from './modelSchema.js';
import { share } from './numbers.js';
import { runName } from './runName.js';
import {
  checkShares,
  checkTraining,
  demandOf,
  measures,
  trainingKeys,
  validationSchema,
} from './trainingSchema.js';

/** Where tagged texts are, by part. */
export const taggedPartsSchema = partsOf(
  tableOf({
    tokens: columnAt(0),
    tags: column.default(1).describe('the same; a tag for each token, between spaces'),
  }),
  'a text a line, and its tags',
  { split: textSplitKeys, clean: ['text'] },
);

/** The keys about the loss of tags. */
export const tagLossKeys = {
  labelSmoothing: share
    .default(0)
    .describe('share of a tag that is spread over all tags; reported losses are without it'),
};

/** What can be measured of tags, and what is by default. */
export const tagMeasures = measures(['loss', ...tagMetricNames], ['loss', 'tagAccuracy']);

/** A model that says a tag of each token. */
export const taggingConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('tagging'),
    data: taggedPartsSchema,
    text: textSchema
      .extend({
        tokenizer: z.enum(['character', 'word']).default('word').describe('what a tag is given to'),
      })
      .prefault({}),
    model: z
      .strictObject({
        encoder: z.discriminatedUnion('type', tokenEncoderForms).prefault({}),
        dropout: headDropout,
      })
      .prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: tokenAugmentations,
        ...tagLossKeys,
        validation: validationSchema(tagMeasures.all, tagMeasures.usual).prefault({}),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    checkSide('encoder', config.model.encoder, demand);
    checkTraining(config.training, demand);
    checkShares(config.data, demand);
  });

export type TaggingConfig = z.output<typeof taggingConfigSchema>;
