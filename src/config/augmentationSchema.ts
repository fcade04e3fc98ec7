import { z } from 'zod';
import { size } from './numbers.js';

const rate = z.number().gt(0).lt(1);

const tokens = [
  z.strictObject({
    type: z.literal('token-dropout'),
    rate: rate.describe('probability that a token that is read becomes <unknown> (Iyyer et al. 2015)'),
  }),
  z.strictObject({
    type: z
      .literal('rotate-tokens')
      .describe('turns a text round by any number of tokens, for data whose beginning means nothing'),
  }),
] as const;

const images = [
  z.strictObject({
    type: z.literal('shift-images'),
    pixels: size.describe('moved by up to so many, each way; recordings in frames and bands'),
  }),
  z.strictObject({ type: z.literal('flip-images').describe('mirrors half of the images, left to right') }),
  z.strictObject({
    type: z.literal('crop-images'),
    least: rate.describe('shortest share of the sides that is cut out and stretched to the whole'),
  }),
] as const;

const noise = z.strictObject({
  type: z.literal('noise'),
  deviation: z
    .number()
    .positive()
    .describe('of the normal noise that is added to every value, as the model reads it'),
});

const series = [
  z.strictObject({
    type: z.literal('shift-series'),
    steps: size.describe('windows are moved by up to so many rows'),
    cyclic: z.boolean().default(true).describe('what leaves at one end comes in at the other; else zeros do'),
  }),
] as const;

const what = 'how examples are changed anew in every epoch, first to last';

/** Of models that say something of each token. */
export const tokenAugmentations = z.array(tokens[0]).default([]).describe(what);
/** Of models that read texts as wholes. */
export const textAugmentations = z.array(z.discriminatedUnion('type', tokens)).default([]).describe(what);
/** Of models that read texts or images. */
export const classAugmentations = z
  .array(z.discriminatedUnion('type', [...tokens, ...images, noise]))
  .default([])
  .describe(what);
/** Of models that read series. */
export const seriesAugmentations = z
  .array(z.discriminatedUnion('type', [...series, noise]))
  .default([])
  .describe(what);

export type AugmentationConfig =
  z.output<typeof classAugmentations>[number] | z.output<typeof seriesAugmentations>[number];
