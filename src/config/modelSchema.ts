import { z } from 'zod';
import { imagePoolings } from '../models/encoders/imageEncoder.js';
import { attentionTypes } from '../nn/layers/attention.js';
import {
  cellTypes,
  recurrentActivations,
  type CellType,
  type RecurrentActivation,
} from '../nn/layers/cells.js';
import { mlpActivations } from '../nn/layers/mlp.js';
import { positionTypes } from '../nn/layers/positions.js';
import { activationTypes, normPlaces } from '../nn/layers/transformer.js';
import { share, size } from './numbers.js';
import type { Demand } from './trainingSchema.js';

/** φ of a recurrent cell. */
export const cellActivation = z
  .enum(recurrentActivations)
  .optional()
  .describe('of the cell rnn alone, the others have theirs; default: tanh');

const recurrent = {
  type: z.literal('recurrent').default('recurrent'),
  cell: z.enum(cellTypes).default('gru').describe('kind of recurrent cell'),
  activation: cellActivation,
  embeddingSize: size.default(128).describe('features of a token'),
  hiddenSize: size.default(256).describe('features of the state, per direction'),
  layers: size.default(1).describe('stacked; each reads what the one below writes'),
  dropout: share.default(0).describe('probability that a feature is dropped in training'),
  variational: z
    .boolean()
    .default(false)
    .describe('one dropout mask for all steps of a sequence (Gal & Ghahramani 2016)'),
};

/** Of models of Transformer blocks. */
export const gradientCheckpointing = z
  .boolean()
  .default(false)
  .describe('computes blocks twice in training, for a fraction of the memory (Chen et al. 2016)');

const transformer = z.strictObject({
  type: z.literal('transformer'),
  size: size.default(256).describe('features of a token'),
  layers: size.default(3).describe('blocks'),
  heads: size.default(4).describe('of each attention; must divide size'),
  hiddenSize: size.optional().describe('features inside the feed-forward part; default: four times size'),
  activation: z.enum(activationTypes).default('relu').describe('of the feed-forward part'),
  norm: z.enum(normPlaces).default('pre').describe('normalises before each part of a block, or after it'),
  positions: z
    .enum(positionTypes)
    .default('sinusoidal')
    .describe('how a token’s place is told; rotary: inside self-attention (Su et al. 2021)'),
  maxLength: size.optional().describe('longest sequence, for learned positions; default: 512'),
  dropout: share.default(0).describe('probability that a feature is dropped in training'),
  gradientCheckpointing,
});

const transformerEncoder = transformer.extend({
  window: size
    .default(1)
    .describe('tokens that are embedded together, odd: a token and those around it (Collobert et al. 2011)'),
});

const convolutional = z.strictObject({
  type: z.literal('convolutional'),
  embeddingSize: size.default(128).describe('features of a token'),
  channels: size.default(256).describe('features that each convolution writes'),
  layers: size.default(3).describe('residual blocks of two convolutions'),
  kernel: size.default(3).describe('positions under a convolution; odd'),
  batchNorm: z.boolean().default(false).describe('normalises each channel over the batch'),
  dropout: share.default(0).describe('probability that a feature is dropped in training'),
});

/** The encoders of a text. */
export const textEncoderForms = [
  z.strictObject({
    ...recurrent,
    bidirectional: z.boolean().default(false).describe('reads the source in both directions'),
  }),
  transformerEncoder,
  convolutional,
] as const;
export type TextEncoderConfig = z.output<(typeof textEncoderForms)[number]>;

export const poolings = z.enum(['mean', 'max', 'last', 'attention']);
export const poolingSchema = poolings
  .default('mean')
  .describe('makes one vector of a text (attention: Yang et al. 2016)');
export type PoolingType = z.output<typeof poolingSchema>;

/** Of what a head reads. */
export const headDropout = share
  .default(0)
  .describe('probability that a feature is dropped before the output layer');

/** The encoder of numbers by a perceptron. */
export const mlpEncoder = z.strictObject({
  type: z.literal('mlp'),
  hiddenSizes: z.array(size).min(1).default([64, 64]).describe('units of each hidden layer'),
  activation: z.enum(mlpActivations).default('relu').describe('after each hidden layer'),
  dropout: share.default(0).describe('probability that a feature is dropped in training'),
});

/** The encoder of numbers by radial basis functions. */
export const rbfEncoder = z.strictObject({
  type: z.literal('rbf'),
  units: size
    .default(32)
    .describe('radial basis functions; they start where k-means finds the training data'),
});

/** The encoders of columns of numbers. */
export const vectorEncoderForms = [mlpEncoder, rbfEncoder] as const;
export type VectorEncoderConfig = z.output<(typeof vectorEncoderForms)[number]>;

/** The encoder of images. */
export const imageEncoder = z.strictObject({
  type: z.literal('image'),
  blocks: z
    .array(
      z.strictObject({
        channels: size.describe('features that the convolution writes'),
        kernel: size.default(3).describe('height and width under the convolution; odd'),
        pool: size.default(2).describe('height and width of which one value stays; 1: all stay'),
      }),
    )
    .min(1)
    .default([
      { channels: 32, kernel: 3, pool: 2 },
      { channels: 64, kernel: 3, pool: 2 },
    ])
    .describe('stages, first to last'),
  batchNorm: z.boolean().default(false).describe('normalises each channel over the batch'),
  residual: z.boolean().default(false).describe('two convolutions a block, and a way around them'),
  pooling: z.enum(imagePoolings).default('max').describe('which value stays: the largest, or the mean'),
  globalAverage: z
    .boolean()
    .default(false)
    .describe('the vector of an image is the mean of each channel over all places, not every place'),
  dropout: share.default(0).describe('probability that a feature is dropped in training'),
});
export type ImageEncoderConfig = z.output<typeof imageEncoder>;

/** The encoders for tasks that say something of each token: what comes after it counts too. */
export const tokenEncoderForms = [
  textEncoderForms[0].extend({
    bidirectional: z.boolean().default(true).describe('reads the text in both directions'),
  }),
  transformerEncoder,
  convolutional,
] as const;

/** The model of a configuration. */
export const modelSchema = z.strictObject({
  encoder: z.discriminatedUnion('type', textEncoderForms).prefault({}),
  decoder: z
    .discriminatedUnion('type', [
      z.strictObject({
        ...recurrent,
        attention: z
          .enum(['none', ...attentionTypes])
          .default('general')
          .describe('how the decoder looks back at the source'),
        inputFeeding: z
          .boolean()
          .default(false)
          .describe('feeds the attentional vector back in (Luong et al. 2015)'),
        coverage: z
          .boolean()
          .default(false)
          .describe('tells additive attention what it looked at before (See et al. 2017)'),
      }),
      transformer,
    ])
    .prefault({}),
});

export const textEncoderTypes = ['recurrent', 'transformer', 'convolutional'] as const;

/** Whether an encoder reads the tokens of a text. */
export function isTextEncoder(encoder: { readonly type: string }): encoder is TextEncoderConfig {
  return textEncoderTypes.some((type) => type === encoder.type);
}

/** Names to choose from, in a message: `a, b or c`. */
export function either(names: readonly string[]): string {
  return [...(names.length > 1 ? [names.slice(0, -1).join(', ')] : []), ...names.slice(-1)].join(' or ');
}

/** Features that an encoder makes of each token. */
export function featuresOf(encoder: TextEncoderConfig): number {
  switch (encoder.type) {
    case 'recurrent':
      return encoder.hiddenSize * (encoder.bidirectional ? 2 : 1);
    case 'transformer':
      return encoder.size;
    case 'convolutional':
      return encoder.channels;
  }
}

/** The keys that say how many. */
function namesOfFeatures(encoder: TextEncoderConfig): string {
  switch (encoder.type) {
    case 'recurrent':
      return `model.encoder.hiddenSize${encoder.bidirectional ? ' × 2 directions' : ''}`;
    case 'transformer':
      return 'model.encoder.size';
    case 'convolutional':
      return 'model.encoder.channels';
  }
}

/** Demands that an activation stands at a cell that takes one. @param name of the group of both. */
export function checkCell(
  name: string,
  { cell, activation }: { readonly cell: CellType; readonly activation?: RecurrentActivation | undefined },
  demand: Demand,
): void {
  demand(
    activation === undefined || cell === 'rnn',
    `${name}.activation`,
    `is for the cell rnn, but ${name}.cell is ${cell}, whose activations are fixed; leave it out, or change the cell`,
  );
}

/** What the keys of an encoder or decoder must say together. @param name of its group, under `model`. */
export function checkSide(
  name: 'encoder' | 'decoder' | 'context.encoder',
  side: TextEncoderConfig | z.output<typeof modelSchema>['decoder'],
  demand: Demand,
): void {
  if (side.type === 'recurrent') checkCell(`model.${name}`, side, demand);
  if (side.type === 'transformer') {
    demand(
      side.maxLength === undefined || side.positions === 'learned',
      `model.${name}.maxLength`,
      'is for learned positions; the others have no limit, so leave it out',
    );
    demand(
      side.size % side.heads === 0 && (side.positions !== 'sinusoidal' || side.size % 2 === 0),
      `model.${name}.size`,
      `is ${side.size}; it must be a multiple of model.${name}.heads (${side.heads}), and even for sinusoidal positions`,
    );
    demand(
      side.positions !== 'rotary' || side.size % side.heads !== 0 || (side.size / side.heads) % 2 === 0,
      `model.${name}.size`,
      `is ${side.size}, ${side.size / side.heads} for each of model.${name}.heads (${side.heads}); rotary positions turn pairs of features, so that must be even`,
    );
  }
  if ('window' in side)
    demand(
      side.window % 2 === 1,
      `model.${name}.window`,
      `is ${side.window}; it must be odd, a token and as many before it as behind it`,
    );
  if (side.type === 'convolutional')
    demand(
      side.kernel % 2 === 1,
      `model.${name}.kernel`,
      `is ${side.kernel}; it must be odd, so that each convolution looks as far back as ahead`,
    );
}

/** What the keys of an encoder of images must say together. @param name of its group, under `model`. */
export function checkImageEncoder(
  name: 'encoder' | 'context.encoder',
  { blocks }: ImageEncoderConfig,
  demand: Demand,
): void {
  blocks.forEach(({ kernel }, i) => {
    demand(kernel % 2 === 1, `model.${name}.blocks.${i}.kernel`, `is ${kernel}; it must be odd`);
  });
}

/** What the keys of a model must say together. */
export function checkModel({ encoder, decoder }: z.output<typeof modelSchema>, demand: Demand): void {
  checkSide('encoder', encoder, demand);
  checkSide('decoder', decoder, demand);
  if (decoder.type !== 'recurrent') return;
  if (encoder.type === 'recurrent') {
    demand(
      encoder.cell === decoder.cell,
      'model.decoder.cell',
      `is ${decoder.cell}, but model.encoder.cell is ${encoder.cell}: the decoder starts from the encoder's state, so use the same cell`,
    );
    demand(
      decoder.layers <= encoder.layers,
      'model.decoder.layers',
      `is ${decoder.layers}, more than model.encoder.layers ${encoder.layers}: each decoder layer starts from the state of an encoder layer`,
    );
  }
  const outputSize = featuresOf(encoder);
  demand(
    decoder.attention !== 'dot' || outputSize === decoder.hiddenSize,
    'model.decoder.attention',
    `dot needs model.decoder.hiddenSize (${decoder.hiddenSize}) to equal the encoder's features (${namesOfFeatures(encoder)} = ${outputSize}); use general, or change a size`,
  );
  demand(
    !decoder.inputFeeding || decoder.attention !== 'none',
    'model.decoder.inputFeeding',
    'feeds the attentional vector back, so it needs model.decoder.attention',
  );
  demand(
    !decoder.coverage || decoder.attention === 'additive',
    'model.decoder.coverage',
    `enters the score of additive attention, but model.decoder.attention is ${decoder.attention}; use additive`,
  );
}
