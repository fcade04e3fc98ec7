import { z } from 'zod';
import { fusionTypes } from '../nn/layers/fusion/createFusion.js';
import {
  checkImageEncoder,
  checkSide,
  either,
  featuresOf,
  imageEncoder,
  isTextEncoder,
  mlpEncoder,
  poolings,
  textEncoderForms,
  textEncoderTypes,
  type TextEncoderConfig,
} from './modelSchema.js';
import { share, size } from './numbers.js';
import { beside, type Beside, type ReadColumns } from './readColumns.js';
import type { Demand } from './trainingSchema.js';

/** How what stands beside a text is read, and joined to the features of the text. */
export const contextSchema = z
  .strictObject({
    encoder: z.discriminatedUnion('type', [...textEncoderForms, mlpEncoder, imageEncoder]).prefault({}),
    fusion: z
      .enum(fusionTypes)
      .default('concatenation')
      .describe('how the features of a text and of its context become one (formulas: docs/layers.md)'),
    outputSize: size
      .optional()
      .describe('features of softmax and concatenation fusion; default: as many as model.encoder makes'),
    heads: size
      .optional()
      .describe('of cross-attention; must divide the features of model.encoder; default: 4'),
    dropout: share
      .optional()
      .describe('of cross-attention: probability that an attention weight is dropped; default: 0'),
    pooling: poolings
      .optional()
      .describe(
        'makes one vector of a second text; default: mean; cross-attention looks at its tokens instead',
      ),
  })
  .optional();
export type ContextConfig = NonNullable<z.output<typeof contextSchema>>;

/** Heads of cross-attention that are not given. */
export const usualHeads = 4;

/** Where data say which columns a model reads. */
export interface ReadData {
  /** Undefined where other things than tables are read. */
  readonly columns: ReadColumns | undefined;
  /** The key under which they stand. */
  readonly key: string;
  /** How images are made to be of one size (data.image). */
  readonly image: unknown;
}

/** What data and model must say together of what stands beside a text. @param encoder of the texts. */
export function checkContext(
  context: ContextConfig | undefined,
  demand: Demand,
  { encoder, data }: { readonly encoder: TextEncoderConfig | undefined; readonly data: ReadData },
): void {
  const given = checkColumns(data, demand);
  demand(
    given === undefined || context !== undefined,
    'model.context',
    `is missing, but ${data.key}.${given} gives the texts a context; say how it is read and fused with them, such as model: { context: { fusion: gated } }`,
  );
  if (!context) return;
  const { key } = data;
  demand(
    given !== undefined,
    'model.context',
    `reads what stands beside a text, but the data have nothing there; give ${key}.context, ${key}.features or ${key}.image beside ${key}.text, or leave model.context out`,
  );
  if (given !== undefined) checkReader(context, { given, key }, demand);
  checkFusion(context, encoder, demand);
}

/** @returns what stands beside a text. */
function checkColumns({ columns, key, image }: ReadData, demand: Demand): Beside | undefined {
  const [given, another] = columns ? beside(columns) : [];
  demand(
    columns?.image === undefined || image !== undefined,
    'data.image',
    `is missing, but ${key}.image names images; say how large they are made, such as data: { image: { height: 32, width: 32 } }`,
  );
  demand(
    image === undefined || columns?.image !== undefined,
    'data.image',
    'says how large the images of a context are made, but the data name none; leave it out',
  );
  if (!columns || given === undefined) return undefined;
  if (columns.text === undefined) {
    const remedy = `give their column (${key}.text), or leave it out`;
    demand(false, `${key}.${given}`, `is the context of texts; ${remedy}`);
    return undefined;
  }
  demand(
    another === undefined,
    `${key}.${another}`,
    `is given beside ${key}.${given}; a text has one context, so keep one of them`,
  );
  return given;
}

/** What reads each kind of context, and what it is, in words. */
const readers: Readonly<Record<Beside, { readonly what: string; readonly types: readonly string[] }>> = {
  features: { what: 'numbers', types: ['mlp'] },
  context: { what: 'a text', types: textEncoderTypes },
  image: { what: 'an image', types: ['image'] },
};

function checkReader(
  { encoder, fusion, pooling }: ContextConfig,
  { given, key }: { readonly given: Beside; readonly key: string },
  demand: Demand,
): void {
  const { what, types } = readers[given];
  demand(
    types.includes(encoder.type),
    'model.context.encoder.type',
    `is ${encoder.type}, but the context is ${what} (${key}.${given}); use ${either(types)}`,
  );
  const attends = fusion === 'cross-attention';
  demand(
    pooling === undefined || (!attends && given === 'context'),
    'model.context.pooling',
    attends && given === 'context'
      ? 'makes one vector of a text, but cross-attention looks at its tokens; leave it out'
      : `is for texts, but the context is ${what}; leave it out`,
  );
}

function checkFusion(
  { encoder: reader, fusion, outputSize, dropout, ...context }: ContextConfig,
  encoder: TextEncoderConfig | undefined,
  demand: Demand,
): void {
  if (reader.type === 'image') checkImageEncoder('context.encoder', reader, demand);
  else if (isTextEncoder(reader)) checkSide('context.encoder', reader, demand);
  const attends = fusion === 'cross-attention';
  demand(
    !(attends && reader.type === 'image' && reader.globalAverage),
    'model.context.encoder.globalAverage',
    'makes one vector of an image, but cross-attention looks at its places; leave it out',
  );
  demand(
    outputSize === undefined || fusion === 'softmax' || fusion === 'concatenation',
    'model.context.outputSize',
    `is that of softmax and concatenation; with ${fusion} fusion there are as many features as model.encoder makes, so leave it out`,
  );
  for (const [key, value] of Object.entries({ heads: context.heads, dropout }))
    demand(
      value === undefined || attends,
      `model.context.${key}`,
      `is for cross-attention, but model.context.fusion is ${fusion}; leave it out`,
    );
  const { heads = usualHeads } = context;
  demand(
    !attends || !encoder || featuresOf(encoder) % heads === 0,
    'model.context.heads',
    `is ${heads}; it must divide the features that model.encoder makes, ${encoder ? featuresOf(encoder) : 0}`,
  );
}
