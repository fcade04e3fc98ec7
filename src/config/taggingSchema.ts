import { z } from 'zod';
import { tagMetricNames } from '../metrics/entities.js';
import { column, columnAt, splitKeys, tableOf, textSchema } from './dataSchema.js';
import { checkSide, tokenEncoderForms } from './modelSchema.js';
import { share } from './numbers.js';
import { runName } from './runName.js';
import { checkShares, checkTraining, demandOf, trainingKeys, validationSchema } from './trainingSchema.js';

const taggedSchema = tableOf({
  tokens: columnAt(0),
  tags: column.default(1).describe('the same; a tag for each token, between spaces'),
});

/** A model that says a tag of each token. */
export const taggingConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('tagging'),
    data: z.strictObject({
      source: taggedSchema.describe('a text a line, and its tags'),
      validation: taggedSchema.optional().describe('validation examples from a file of their own'),
      test: taggedSchema.optional().describe('test examples from a file of their own'),
      split: z.strictObject(splitKeys).prefault({}),
    }),
    text: textSchema
      .extend({
        tokenizer: z.enum(['character', 'word']).default('word').describe('what a tag is given to'),
      })
      .prefault({}),
    model: z
      .strictObject({
        encoder: z.discriminatedUnion('type', tokenEncoderForms).prefault({}),
        dropout: share.default(0).describe('probability that a feature is dropped before the output layer'),
      })
      .prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        labelSmoothing: share
          .default(0)
          .describe('share of a tag that is spread over all tags; reported losses are without it'),
        validation: validationSchema(['loss', ...tagMetricNames], ['loss', 'tagAccuracy']).prefault({}),
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
