import { z } from 'zod';
import { ctcMetricNames } from '../metrics/metrics.js';
import { framePositionTypes } from '../models/encoders/frameEncoder.js';
import { frameAugmentations } from './augmentationSchema.js';
import {
  badRowKeys,
  cleanSchema,
  columnAt,
  foldKeys,
  groupColumn,
  splitKeys,
  tableKeys,
  textSchema,
} from './dataSchema.js';
import { pathSchema } from './decodingSchema.js';
import { checkSide, textEncoderForms } from './modelSchema.js';
import { size } from './numbers.js';
import { runName } from './runName.js';
import { textMetricsSchema } from './textMetricsSchema.js';
import { checkShares, checkTraining, demandOf, trainingKeys, validationSchema } from './trainingSchema.js';

const { format, encoding, header, separator } = tableKeys;

/** A table of recordings and what is said in them. */
const spokenTable = {
  recordings: z
    .string()
    .min(1)
    .describe(
      'a table of the paths of WAV recordings (from its folder) and their texts, .gz or not; a relative path starts at the configuration’s folder',
    ),
  columns: z.strictObject({ file: columnAt(0), text: columnAt(1) }).prefault({}),
  ...{ format, encoding, header, separator },
};
const partSchema = z.strictObject(spokenTable);

const subsampling = {
  convolutions: z
    .array(
      z.strictObject({
        channels: size.default(128).describe('features that the convolution writes'),
        kernel: size.default(11).describe('frames under the convolution; odd'),
        stride: size
          .default(2)
          .describe('of so many frames one is left; a text needs one of those that are left for each token'),
      }),
    )
    .min(1)
    .default([{ channels: 128, kernel: 11, stride: 2 }])
    .describe('over the frames, before the other layers, first to last'),
  batchNorm: z
    .boolean()
    .default(true)
    .describe('normalises each channel over the batch, after each convolution'),
};

const [recurrentForm, transformerForm] = textEncoderForms;

/** The encoders of recordings. */
const frameEncoderForms = [
  recurrentForm.omit({ embeddingSize: true, variational: true }).extend({
    ...subsampling,
    bidirectional: z.boolean().default(true).describe('reads the recording in both directions'),
  }),
  transformerForm.omit({ window: true, maxLength: true }).extend({
    ...subsampling,
    size: size.default(256).describe('features of a position'),
    positions: z
      .enum(framePositionTypes)
      .default('sinusoidal')
      .describe('how a position’s place is told; rotary: inside self-attention (Su et al. 2021)'),
  }),
] as const;

/** A model that writes what is said in recordings. */
export const speechConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('speech-recognition'),
    data: z.strictObject({
      source: z
        .strictObject({
          ...spokenTable,
          rate: size.default(16000).describe('samples of a second; recordings at other rates are resampled'),
          bands: size
            .default(80)
            .describe('frequency bands of the log-mel spectrogram, of which there is a frame every 10 ms'),
        })
        .describe('recordings and their texts'),
      validation: partSchema.optional().describe('validation examples from a table of their own'),
      test: partSchema.optional().describe('test examples from a table of their own'),
      split: z
        .strictObject({
          ...splitKeys,
          groupBy: z
            .union([z.enum(['recording', 'text']), groupColumn])
            .default('recording')
            .describe(
              'what stays in one part: equal recordings, equal texts, or rows with one value of a column',
            ),
          ...foldKeys,
        })
        .prefault({}),
      clean: cleanSchema('text'),
      ...badRowKeys,
      limits: z
        .strictObject({
          maxSeconds: z.number().positive().optional().describe('longest recording'),
          onTooLong: z
            .enum(['error', 'skip'])
            .default('error')
            .describe(
              'what to do about longer recordings, and about those too short for CTC to align their text with: skip leaves them out of training and of what is measured',
            ),
        })
        .prefault({}),
    }),
    text: textSchema.prefault({}),
    model: z
      .strictObject({ encoder: z.discriminatedUnion('type', frameEncoderForms).prefault({}) })
      .prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: frameAugmentations,
        validation: validationSchema(ctcMetricNames, ['loss', 'cer', 'wordEditRate']).prefault({}),
      })
      .prefault({}),
    decoding: pathSchema,
    metrics: textMetricsSchema,
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    const { encoder } = config.model;
    encoder.convolutions.forEach(({ kernel }, i) => {
      demand(
        kernel % 2 === 1,
        `model.encoder.convolutions.${i}.kernel`,
        `is ${kernel}; it must be odd, a frame and as many before it as behind it`,
      );
    });
    if (encoder.type === 'transformer')
      checkSide('encoder', { ...encoder, maxLength: undefined, window: 1 }, demand);
    checkTraining(config.training, demand);
    checkShares(config.data, demand);
  });

export type SpeechConfig = z.output<typeof speechConfigSchema>;
