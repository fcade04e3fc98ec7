import { z } from 'zod';
import { forecastMetricNames } from '../metrics/values.js';
import { cellTypes } from '../nn/layers/cells.js';
import { positionTypes } from '../nn/layers/positions.js';
import { activationTypes, normPlaces } from '../nn/layers/transformer.js';
import { seriesAugmentations } from './augmentationSchema.js';
import { tableKeys } from './dataSchema.js';
import { cellActivation, checkCell, gradientCheckpointing } from './modelSchema.js';
import { share, size } from './numbers.js';
import { runName } from './runName.js';
import { scheduledSamplingSchema } from './scheduledSamplingSchema.js';
import { checkTraining, demandOf, trainingKeys, validationSchema, type Demand } from './trainingSchema.js';
import { checkValueLoss, columns, scalingKeys, valueLossKeys } from './valueKeys.js';

const amount = z.number().min(0);

const series = {
  window: size.default(96).describe('rows that are read'),
  horizon: size.default(24).describe('rows after them that are forecast'),
};
const recurrent = {
  cell: z.enum(cellTypes).default('lstm').describe('kind of recurrent cell'),
  activation: cellActivation,
  hiddenSize: size.default(64).describe('features of the state'),
  layers: size.default(1).describe('stacked; each reads what the one below writes'),
};
const dropout = share.default(0).describe('probability that a feature is dropped in training');

const modelForms = [
  z.strictObject({ type: z.literal('linear').default('linear'), ...series }),
  z.strictObject({
    type: z.literal('recurrent'),
    ...series,
    ...recurrent,
    bidirectional: z.boolean().default(false).describe('reads the window in both directions'),
    dropout,
  }),
  z.strictObject({
    type: z.literal('transformer'),
    ...series,
    size: size.default(64).describe('features of a row'),
    layers: size.default(2).describe('blocks'),
    heads: size.default(4).describe('of each attention; must divide size'),
    hiddenSize: size.optional().describe('features inside the feed-forward part; default: four times size'),
    activation: z.enum(activationTypes).default('gelu').describe('of the feed-forward part'),
    norm: z.enum(normPlaces).default('pre').describe('normalises before each part of a block, or after it'),
    positions: z.enum(positionTypes).default('sinusoidal').describe('how a row’s place is told'),
    dropout,
    gradientCheckpointing,
  }),
  z.strictObject({ type: z.literal('recurrent-decoder'), ...series, ...recurrent, dropout }),
] as const;

/** A model that says how a series goes on. */
export const forecastingConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('forecasting'),
    data: z.strictObject({
      source: z
        .strictObject({
          ...tableKeys,
          columns: columns
            .optional()
            .describe('the variables, by index, counted from 0, or by name; default: all columns'),
        })
        .describe('a table whose rows are the steps of the series, in the order of time'),
      split: z
        .strictObject({
          train: amount
            .optional()
            .describe('the first rows: a share below 1, or their number; default: all but the others'),
          validation: amount.default(0.1).describe('the rows after them: a share below 1, or their number'),
          test: amount.default(0.2).describe('the rows after those: a share below 1, or their number'),
        })
        .prefault({})
        .describe('by time: what is forecast is always later than what was trained on'),
      ...scalingKeys,
    }),
    model: z.discriminatedUnion('type', modelForms).prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: seriesAugmentations,
        ...valueLossKeys,
        scheduledSampling: scheduledSamplingSchema
          .optional()
          .describe('a recurrent-decoder reads its own values ever more often (Bengio et al. 2015)'),
        validation: validationSchema(['loss', ...forecastMetricNames], ['loss', 'mse', 'mae']).prefault({}),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    checkSplit(config.data.split, demand);
    checkModel(config.model, demand);
    demand(
      config.training.scheduledSampling === undefined || config.model.type === 'recurrent-decoder',
      'training.scheduledSampling',
      `lets a recurrent-decoder read what it has just said, but model.type is ${config.model.type}; leave it out`,
    );
    checkValueLoss(config.training, demand);
    checkTraining(config.training, demand);
  });

export type ForecastingConfig = z.output<typeof forecastingConfigSchema>;

function checkSplit(split: ForecastingConfig['data']['split'], demand: Demand): void {
  for (const [name, value] of Object.entries(split))
    demand(
      value < 1 || Number.isInteger(value),
      `data.split.${name}`,
      `is ${value}; it must be a share below 1, or a whole number of rows`,
    );
  const shares = Object.values(split).filter((value) => value < 1);
  const sum = shares.reduce((total, value) => total + value, 0);
  demand(
    split.train === undefined ? sum < 1 : sum <= 1 + 1e-9,
    'data.split',
    `has shares of ${sum} in all; they must leave something to train on, 0.1 and 0.2 are usual`,
  );
  demand(split.train !== 0, 'data.split.train', 'is 0; give something to train on');
}

function checkModel(model: ForecastingConfig['model'], demand: Demand): void {
  if (model.type === 'transformer') {
    const { size, heads, positions } = model;
    demand(
      size % heads === 0 && (positions !== 'sinusoidal' || size % 2 === 0),
      'model.size',
      `is ${size}; it must be a multiple of model.heads (${heads}), and even for sinusoidal positions`,
    );
    demand(
      positions !== 'rotary' || size % heads !== 0 || (size / heads) % 2 === 0,
      'model.heads',
      `is ${heads}; rotary positions need an even number of features in each (model.size ${size} ÷ heads)`,
    );
  }
  if (model.type === 'recurrent' || model.type === 'recurrent-decoder') checkCell('model', model, demand);
  if (model.type === 'recurrent-decoder')
    demand(
      model.dropout === 0 || model.layers > 1,
      'model.dropout',
      `lies between the layers of a recurrent-decoder, but model.layers is 1; raise it, or leave dropout out`,
    );
}
