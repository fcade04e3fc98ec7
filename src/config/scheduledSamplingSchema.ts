import { z } from 'zod';
import { share, size } from './numbers.js';

/** How often a recurrent decoder still reads the truth in training. */
export const scheduledSamplingSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('linear'),
    steps: size.describe('the share that is read of the truth falls from 1 to floor: 1 − step ÷ steps'),
    floor: z.number().min(0).max(1).default(0).describe('where that share stays'),
  }),
  z.strictObject({
    type: z.literal('exponential'),
    decay: share.describe('the share that is read of the truth is decay ^ step'),
  }),
  z.strictObject({
    type: z.literal('inverse-sigmoid'),
    pace: z
      .number()
      .min(1)
      .describe('k: the share that is read of the truth is k ÷ (k + exp(step ÷ k)), ½ at step k · ln k'),
  }),
]);
