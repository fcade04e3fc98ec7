import { z } from 'zod';
import { tokenMetricNames } from '../metrics/metrics.js';
import { checkBpeDropout, languageAugmentations } from './augmentationSchema.js';
import { badRowKeys, cleanSchema, rowSplitKeys, textLinesKeys, textSchema } from './dataSchema.js';
import { repetitionKeys, searchKeys } from './decodingSchema.js';
import { checkModel, modelSchema } from './modelSchema.js';
import { share } from './numbers.js';
import { runName } from './runName.js';
import { checkShares, checkTraining, demandOf, trainingKeys, validationSchema } from './trainingSchema.js';

/** A sequence-to-sequence model that learns from texts alone: it restores spans that are taken out of them. */
export const denoisingConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('denoising'),
    data: z.strictObject({
      source: z.strictObject(textLinesKeys).describe('many texts'),
      split: z.strictObject(rowSplitKeys).prefault({}),
      clean: cleanSchema('text'),
      ...badRowKeys,
    }),
    text: textSchema.prefault({}),
    model: modelSchema.prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: languageAugmentations,
        noiseRate: z
          .number()
          .gt(0)
          .lt(1)
          .default(0.15)
          .describe(
            'share of the tokens of a text to restore (Raffel et al. 2020), other ones in each epoch',
          ),
        meanSpan: z
          .number()
          .min(1)
          .default(3)
          .describe('mean length of a span that is taken out, in tokens; a text has one at least'),
        labelSmoothing: share
          .default(0)
          .describe('share of a label that is spread over all tokens; reported losses are without it'),
        validation: validationSchema(tokenMetricNames, ['loss', 'tokenAccuracy']).prefault({}),
      })
      .prefault({}),
    decoding: z
      .strictObject({ ...searchKeys, ...repetitionKeys })
      .prefault({})
      .describe('how spans are written outside of training'),
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    checkModel(config.model, demand);
    checkBpeDropout(config.training.augment, { text: config.text.tokenizer }, demand);
    checkTraining(config.training, demand);
    checkShares(config.data, demand);
  });

export type DenoisingConfig = z.output<typeof denoisingConfigSchema>;
