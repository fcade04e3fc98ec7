import { z } from 'zod';
import { share, size } from './numbers.js';
import type { Demand } from './trainingSchema.js';

// The keys of `decoding`: each task has the groups of them that its way of writing heeds.

/** How answers are searched for. */
export const searchKeys = {
  beam: size.default(1).describe('hypotheses kept; 1 is greedy'),
  lengthPenalty: z.number().min(0).default(0).describe('α of Wu et al. 2016: above 0 favours longer answers'),
  maxLength: size.optional().describe('in tokens; default: twice the length of the source, plus 10'),
};

/** How answers of CTC are searched for. */
export const pathSchema = z
  .strictObject({ beam: size.default(1).describe('prefixes kept; 1: the best path') })
  .prefault({})
  .describe('how answers are made outside of training');

/** How tokens are drawn from the model's distribution. */
export const drawingKeys = {
  temperature: z
    .number()
    .positive()
    .default(1)
    .describe('of what is drawn: below 1 bolder, above 1 more varied'),
  topK: size.optional().describe('what is drawn is one of the k likeliest tokens'),
  topP: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe('what is drawn is one of the likeliest tokens that reach p together'),
  minP: share.optional().describe('what is drawn is at least as likely as this share of the likeliest token'),
};

/** What keeps a text from going round in circles. */
export const repetitionKeys = {
  repetitionPenalty: z
    .number()
    .positive()
    .optional()
    .describe('above 1: tokens are less likely a second time (Keskar et al. 2019)'),
  noRepeatedNgram: size.optional().describe('no sequence of so many tokens comes twice (Paulus et al. 2018)'),
};

/** What answers must have. */
export const contentKeys = {
  prefix: z.string().min(1).optional().describe('how every answer begins'),
  constraints: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('texts that every answer contains; a wider beam finds better places for them'),
};

/** What the keys of `decoding` must say together, where answers can be both searched for and drawn. */
export function checkDecoding(
  decoding: z.output<z.ZodObject<typeof drawingKeys & typeof contentKeys>>,
  demand: Demand,
): void {
  const { temperature, constraints } = decoding;
  const others = (['topK', 'topP', 'minP'] as const).filter((key) => decoding[key] !== undefined);
  const [drawing] = temperature === 1 ? others : ['temperature', ...others];
  demand(
    constraints === undefined || drawing === undefined,
    'decoding.constraints',
    `can only be searched for, but decoding.${drawing} says how answers are drawn; keep one of them`,
  );
}
