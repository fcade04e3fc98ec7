import { z } from 'zod';
import { tokenMetricNames } from '../metrics/metrics.js';
import { positionTypes } from '../nn/layers/positions.js';
import { activationTypes, normPlaces } from '../nn/layers/transformer.js';
import { checkBpeDropout, languageAugmentations } from './augmentationSchema.js';
import { badRowKeys, cleanSchema, rowSplitKeys, textLinesKeys, textSchema } from './dataSchema.js';
import { drawingKeys, repetitionKeys } from './decodingSchema.js';
import { gradientCheckpointing } from './modelSchema.js';
import { share, size } from './numbers.js';
import { runName } from './runName.js';
import {
  checkShares,
  checkSplitColumns,
  checkTraining,
  demandOf,
  trainingKeys,
  validationSchema,
} from './trainingSchema.js';

const longTextSchema = z.strictObject({
  text: z
    .string()
    .min(1)
    .describe(
      'one long text, UTF-8, whose end is set aside; a relative path starts at the configuration’s folder',
    ),
});

const documentsSchema = z.strictObject({
  ...textLinesKeys,
  onTooLong: z
    .enum(['error', 'skip'])
    .default('error')
    .describe('what to do about texts longer than model.contextLength'),
});

/** A model of texts: what comes next. */
export const languageConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('language-model'),
    data: z.strictObject({
      source: z.union([longTextSchema, documentsSchema]).describe('one long text, or many texts'),
      split: z.strictObject(rowSplitKeys).prefault({}),
      clean: cleanSchema('text'),
      ...badRowKeys,
    }),
    text: textSchema.prefault({}),
    model: z
      .strictObject({
        size: size.default(256).describe('features of a token'),
        layers: size.default(4).describe('blocks'),
        heads: size.default(4).describe('of each attention; must divide size'),
        hiddenSize: size
          .optional()
          .describe('features inside the feed-forward part; default: four times size'),
        activation: z.enum(activationTypes).default('gelu').describe('of the feed-forward part'),
        norm: z
          .enum(normPlaces)
          .default('pre')
          .describe('normalises before each part of a block, or after it'),
        positions: z.enum(positionTypes).default('learned').describe('how a token’s place is told'),
        contextLength: size.default(128).describe('tokens that are read together'),
        dropout: share.default(0).describe('probability that a feature is dropped in training'),
        gradientCheckpointing,
      })
      .prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: languageAugmentations,
        labelSmoothing: share
          .default(0)
          .describe('share of a label that is spread over all tokens; reported losses are without it'),
        validation: validationSchema(tokenMetricNames, ['loss', 'perplexity']).prefault({}),
      })
      .prefault({}),
    decoding: z
      .strictObject({
        maxLength: size.default(200).describe('tokens that are written, unless the text ends before'),
        ...drawingKeys,
        ...repetitionKeys,
      })
      .prefault({})
      .describe('how texts are written'),
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    const { size, heads, positions } = config.model;
    demand(
      size % heads === 0 && (positions !== 'sinusoidal' || size % 2 === 0),
      'model.size',
      `is ${size}; it must be a multiple of model.heads (${heads}), and even for sinusoidal positions`,
    );
    demand(
      positions !== 'rotary' || (size / heads) % 2 === 0,
      'model.heads',
      `is ${heads}; rotary positions need an even number of features in each (model.size ${size} ÷ heads)`,
    );
    demand(
      config.data.clean === undefined || !('text' in config.data.source),
      'data.clean',
      'cleans the texts of a table (data.source.file), not one long text; leave it out',
    );
    const long = 'text' in config.data.source;
    checkSplitColumns(config.data.split, long ? 'data.source is one long text' : undefined, demand);
    demand(
      !long || config.data.split.groupBy !== 'normalized',
      'data.split.groupBy',
      'groups the texts of a table, but data.source is one long text; leave it out',
    );
    demand(
      !long || config.training.augment.every(({ type }) => type !== 'bpe-dropout'),
      'training.augment',
      'has bpe-dropout, which cuts the texts of a table (data.source.file) anew, not the windows of one long text; leave it out',
    );
    checkBpeDropout(config.training.augment, { text: config.text.tokenizer }, demand);
    checkTraining(config.training, demand);
    checkShares(config.data, demand);
  });

export type LanguageConfig = z.output<typeof languageConfigSchema>;
