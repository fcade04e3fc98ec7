import { z } from 'zod';
import { fusionTypes } from '../nn/layers/fusion/createFusion.js';
import {
  checkSide,
  featuresOf,
  poolings,
  type mlpEncoder,
  type PoolingType,
  type TextEncoderConfig,
} from './modelSchema.js';
import { size } from './numbers.js';
import type { Demand } from './trainingSchema.js';

/** The keys of `model.context` beside its encoder. */
export const contextKeys = {
  fusion: z
    .enum(fusionTypes)
    .default('concatenation')
    .describe('how the features of a text and of its context become one (formulas: docs/layers.md)'),
  heads: size
    .optional()
    .describe('of cross-attention; must divide the features of model.encoder; default: 4'),
  pooling: poolings
    .optional()
    .describe(
      'makes one vector of a second text; default: mean; cross-attention looks at its tokens instead',
    ),
};

/** How a context is read, and joined to the features of a text. */
export interface ContextConfig {
  readonly encoder: TextEncoderConfig | z.output<typeof mlpEncoder>;
  readonly fusion: (typeof fusionTypes)[number];
  readonly heads?: number | undefined;
  readonly pooling?: PoolingType | undefined;
}

/** Heads of cross-attention that are not given. */
export const usualHeads = 4;

/** What the keys about a context must say together. */
export function checkContext(
  context: ContextConfig | undefined,
  demand: Demand,
  {
    encoder,
    given,
    wanted,
  }: {
    /** Of the texts that have a context; undefined where other things are read. */
    readonly encoder: TextEncoderConfig | undefined;
    /** The key of the data that gives contexts, where one does. */
    readonly given: string | undefined;
    /** What would give them, in words. */
    readonly wanted: string;
  },
): void {
  demand(
    given === undefined || context !== undefined,
    'model.context',
    `is missing, but ${given} gives the texts a context; say how it is read and fused with them, such as model: { context: { fusion: gated } }`,
  );
  if (!context) return;
  demand(
    given !== undefined,
    'model.context',
    `reads what stands beside a text, but the data have nothing there; give ${wanted}, or leave model.context out`,
  );
  const { encoder: reader, fusion, heads = usualHeads } = context;
  if (reader.type !== 'mlp') checkSide('context.encoder', reader, demand);
  const attends = fusion === 'cross-attention';
  demand(
    context.heads === undefined || attends,
    'model.context.heads',
    `are those of cross-attention, but model.context.fusion is ${fusion}; leave it out`,
  );
  demand(
    !attends || !encoder || featuresOf(encoder) % heads === 0,
    'model.context.heads',
    `is ${heads}; it must divide the features that model.encoder makes, ${encoder ? featuresOf(encoder) : 0}`,
  );
  demand(
    context.pooling === undefined || (!attends && reader.type !== 'mlp'),
    'model.context.pooling',
    attends
      ? 'makes one vector of a text, but cross-attention looks at its tokens; leave it out'
      : 'is for texts, but the context is numbers; leave it out',
  );
}
