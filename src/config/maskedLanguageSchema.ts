import { z } from 'zod';
import { tokenMetricNames } from '../metrics/metrics.js';
import { checkBpeDropout, languageAugmentations } from './augmentationSchema.js';
import { badRowKeys, cleanSchema, rowSplitKeys, textLinesKeys, textSchema } from './dataSchema.js';
import { checkSide, tokenEncoderForms } from './modelSchema.js';
import { runName } from './runName.js';
import { checkShares, checkTraining, demandOf, trainingKeys, validationSchema } from './trainingSchema.js';

/** An encoder that learns from texts alone: it guesses what stands at masked tokens. */
export const maskedLanguageConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('masked-language-model'),
    data: z.strictObject({
      source: z.strictObject(textLinesKeys).describe('many texts'),
      split: z.strictObject(rowSplitKeys).prefault({}),
      clean: cleanSchema('text'),
      ...badRowKeys,
    }),
    text: textSchema.prefault({}),
    model: z
      .strictObject({
        encoder: z.discriminatedUnion('type', tokenEncoderForms).prefault({ type: 'transformer' }),
      })
      .prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: languageAugmentations,
        maskRate: z
          .number()
          .gt(0)
          .lt(1)
          .default(0.15)
          .describe('share of the tokens of a text to guess (Devlin et al. 2019), chosen anew in each epoch'),
        validation: validationSchema(tokenMetricNames, ['loss', 'tokenAccuracy']).prefault({}),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    checkSide('encoder', config.model.encoder, demand);
    checkBpeDropout(config.training.augment, { text: config.text.tokenizer }, demand);
    checkTraining(config.training, demand);
    checkShares(config.data, demand);
  });

export type MaskedLanguageConfig = z.output<typeof maskedLanguageConfigSchema>;
