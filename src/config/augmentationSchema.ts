import { z } from 'zod';
import { size, whole } from './numbers.js';
import type { Demand } from './trainingSchema.js';

const rate = z.number().gt(0).lt(1);

const tokenDropout = z.strictObject({
  type: z.literal('token-dropout'),
  rate: rate.describe('probability that a token that is read becomes <unknown> (Iyyer et al. 2015)'),
});

const rotateTokens = z.strictObject({
  type: z
    .literal('rotate-tokens')
    .describe('turns a text round by any number of tokens, for data whose beginning means nothing'),
});

const bpeDropoutKeys = {
  type: z.literal('bpe-dropout'),
  rate: rate.describe(
    'probability that a merge is left out when the words of a text are cut anew (Provilkov et al. 2020); 0.1 is usual. For bpe and byte-bpe',
  ),
};
const bpeDropout = z.strictObject(bpeDropoutKeys);
const pairBpeDropout = z.strictObject({
  ...bpeDropoutKeys,
  side: z.enum(['source', 'target', 'both']).default('both').describe('which texts are cut anew'),
});

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

const milliseconds = (least: number) => z.number().min(least);

const sounds = [
  z.strictObject({
    type: z.literal('shift-time'),
    milliseconds: milliseconds(10).describe(
      'recordings are moved by up to so much in time, with silence coming in',
    ),
  }),
  z.strictObject({
    type: z.literal('sound-noise'),
    snr: z
      .tuple([z.number(), z.number()])
      .describe(
        'least and greatest signal-to-noise ratio, in dB, of the white noise that is added to a sound',
      ),
  }),
  z.strictObject({
    type: z.literal('mask-spectrogram'),
    bands: whole(0).describe(
      'frequency bands of a recording that a mask hides at most (SpecAugment, Park et al. 2019)',
    ),
    milliseconds: milliseconds(0).describe('time that a mask hides at most'),
    masks: size.default(1).describe('of either kind'),
  }),
] as const;

const noise = z.strictObject({
  type: z.literal('noise'),
  deviation: z
    .number()
    .positive()
    .describe('of the normal noise that is added to every number, as the model reads it'),
});

const series = [
  z.strictObject({
    type: z.literal('shift-series'),
    steps: size.describe('windows are moved by up to so many rows'),
    cyclic: z.boolean().default(true).describe('what leaves at one end comes in at the other; else zeros do'),
  }),
] as const;

const what = 'how examples are changed anew in every epoch, first to last';

const anyOf = <Forms extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(
  ...forms: Forms
) => z.array(z.discriminatedUnion('type', forms)).default([]).describe(what);

/** Of models that say something of each token. */
export const tokenAugmentations = z.array(tokenDropout).default([]).describe(what);
/** Of models of pairs. */
export const pairAugmentations = anyOf(tokenDropout, rotateTokens, pairBpeDropout);
/** Of models that learn from texts alone. */
export const languageAugmentations = anyOf(tokenDropout, bpeDropout);
/** Of models that read texts, images or recordings. */
export const classAugmentations = anyOf(tokenDropout, rotateTokens, bpeDropout, ...images, ...sounds, noise);
/** Of models that read rows of a table: texts, features, images beside texts. */
export const rowAugmentations = anyOf(tokenDropout, rotateTokens, bpeDropout, ...images, noise);
/** Of models that read the frames of recordings. */
export const frameAugmentations = anyOf(noise);
/** Of models that read series. */
export const seriesAugmentations = anyOf(...series, noise);

export type AugmentationConfig =
  | z.output<typeof pairAugmentations>[number]
  | z.output<typeof classAugmentations>[number]
  | z.output<typeof seriesAugmentations>[number];

/** What augmentations change. */
export type AugmentationKind = 'texts' | 'images' | 'recordings' | 'numbers';

const changes: Readonly<Record<AugmentationConfig['type'], readonly AugmentationKind[]>> = {
  'token-dropout': ['texts'],
  'rotate-tokens': ['texts'],
  'bpe-dropout': ['texts'],
  'shift-images': ['images', 'recordings'],
  'flip-images': ['images', 'recordings'],
  'crop-images': ['images', 'recordings'],
  'shift-time': ['recordings'],
  'sound-noise': ['recordings'],
  'mask-spectrogram': ['recordings'],
  noise: ['images', 'recordings', 'numbers'],
  'shift-series': ['numbers'],
};

/** What changes recordings and must see where they end, in its order: all others change that, too. */
const recordingOrder: readonly AugmentationConfig['type'][] = [
  'sound-noise',
  'shift-time',
  'mask-spectrogram',
];

function placeInOrder(type: AugmentationConfig['type']): number {
  const place = recordingOrder.indexOf(type);
  return place < 0 ? recordingOrder.length : place;
}

/** Whether augmentations change what a model reads, and stand in their order. @param reads the kinds of that. */
export function checkAugmented(
  augment: readonly AugmentationConfig[],
  reads: readonly AugmentationKind[],
  demand: Demand,
): void {
  augment.forEach((each, i) => {
    const { type } = each;
    demand(
      changes[type].some((kind) => reads.includes(kind)),
      `training.augment.${i}.type`,
      `is ${type}, but the model reads ${reads.join(' and ')}; leave it out`,
    );
    const sooner = augment.slice(0, i).find((other) => placeInOrder(other.type) > placeInOrder(type));
    if (sooner)
      demand(
        false,
        `training.augment.${i}.type`,
        `is ${type}, but stands after ${sooner.type}, which changes where a recording ends; write ${recordingOrder.join(', ')} in this order, before all others`,
      );
    if (each.type !== 'sound-noise') return;
    const [least, most] = each.snr;
    demand(least <= most, `training.augment.${i}.snr`, `is [${least}, ${most}]; the least ratio comes first`);
    demand(
      augment.findIndex((other) => other.type === type) === i,
      `training.augment.${i}.type`,
      'is sound-noise a second time; once is enough, with a wider range of snr',
    );
  });
}

/** Whether the texts that BPE dropout is to cut have merges. @param tokenizers of the texts, by their key. */
export function checkBpeDropout(
  augment: readonly AugmentationConfig[],
  tokenizers: Readonly<Partial<Record<'source' | 'target' | 'text', string>>>,
  demand: Demand,
): void {
  augment.forEach((each, i) => {
    if (each.type !== 'bpe-dropout') return;
    demand(
      i === 0,
      `training.augment.${i}.type`,
      'is bpe-dropout, which cuts the tokens that others change; put it first, and only once',
    );
    const side = 'side' in each ? each.side : 'both';
    for (const [key, tokenizer] of Object.entries(tokenizers)) {
      if (side !== 'both' && side !== key) continue;
      demand(
        tokenizer === 'bpe' || tokenizer === 'byte-bpe',
        `training.augment.${i}.type`,
        `is bpe-dropout, but ${key}.tokenizer is ${tokenizer}, which makes no merges to leave out; set that to bpe or byte-bpe, or ${key === 'text' ? 'leave it out' : 'choose the other side'}`,
      );
    }
  });
}
