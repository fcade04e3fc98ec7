import { z } from 'zod';

const weightsSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('gaussian'),
    deviation: z.number().positive().default(0.02).describe('standard deviation, around 0'),
  }),
  z.strictObject({
    type: z.literal('uniform'),
    bound: z.number().positive().default(0.1).describe('drawn from −bound to bound'),
  }),
  z.strictObject({ type: z.literal('xavier-uniform') }),
  z.strictObject({ type: z.literal('xavier-gaussian') }),
  z.strictObject({ type: z.literal('kaiming-uniform') }),
  z.strictObject({ type: z.literal('kaiming-gaussian') }),
  z.strictObject({
    type: z.literal('orthogonal'),
    gain: z.number().positive().default(1).describe('length of each row or column'),
  }),
]);

/** What a model starts from. */
export const initialSchema = z.strictObject({
  weights: weightsSchema
    .optional()
    .describe(
      'how all matrices are drawn, embeddings included; default: as PyTorch draws those of each layer',
    ),
  vectors: z
    .string()
    .min(1)
    .optional()
    .describe(
      'a file of word vectors (GloVe, word2vec or fastText as text), where the embedding of the text that is read starts',
    ),
  run: z
    .string()
    .min(1)
    .optional()
    .describe('a trained run, whose values and tokens are taken over; a path as those of data'),
  part: z
    .enum(['encoder', 'model'])
    .default('encoder')
    .describe('what is taken over of the run: its text encoder, or all of a model of the same make'),
});

export type InitialConfig = z.output<typeof initialSchema>;
export type WeightsConfig = z.output<typeof weightsSchema>;
