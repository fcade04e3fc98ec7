import { z } from 'zod';
import { ctcMetricNames } from '../metrics/metrics.js';
import { tokenAugmentations } from './augmentationSchema.js';
import { textSchema } from './dataSchema.js';
import { pathSchema } from './decodingSchema.js';
import { checkSide, tokenEncoderForms } from './modelSchema.js';
import { checkPairSplit, pairDataSchema } from './pairSchema.js';
import { runName } from './runName.js';
import { textMetricsSchema } from './textMetricsSchema.js';
import { checkTraining, demandOf, trainingKeys, validationSchema } from './trainingSchema.js';

/** A model that labels a source in its order, without a decoder. */
export const ctcConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('ctc'),
    data: pairDataSchema,
    source: textSchema.prefault({}),
    target: textSchema.prefault({}),
    model: z
      .strictObject({ encoder: z.discriminatedUnion('type', tokenEncoderForms).prefault({}) })
      .prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: tokenAugmentations,
        validation: validationSchema(ctcMetricNames, ['loss', 'per', 'wer']).prefault({}),
      })
      .prefault({}),
    decoding: pathSchema,
    metrics: textMetricsSchema,
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    checkSide('encoder', config.model.encoder, demand);
    checkTraining(config.training, demand);
    checkPairSplit(config.data, demand);
  });

export type CtcConfig = z.output<typeof ctcConfigSchema>;
