import { z } from 'zod';
import { size, whole } from './numbers.js';

const isRange = (ends: readonly number[]) => ends.length === 2 && ends[0]! < ends[1]!;
const range = (end: z.ZodNumber) =>
  z.array(end).refine(isRange, 'must be a range, [lowest, highest], such as [0.01, 0.5]');
const wholeRange = z
  .array(z.number())
  .refine(
    (ends) => isRange(ends) && ends.every(Number.isInteger),
    'must be a range of whole numbers, [lowest, highest], such as [1, 4]',
  );

const points = whole(2).optional().describe('how many values a grid tries, evenly spread');

const dimensionSchema = z.union([
  z.strictObject({ uniform: range(z.number()).describe('[lowest, highest], drawn evenly'), points }),
  z.strictObject({
    logUniform: range(z.number().positive()).describe(
      '[lowest, highest], drawn evenly on a logarithmic scale',
    ),
    points,
  }),
  z.strictObject({ integer: wholeRange.describe('[lowest, highest], whole numbers, ends included') }),
  z.strictObject({
    choice: z.array(z.unknown()).min(1).describe('values of the key, also groups of keys; null: its default'),
  }),
]);

const startup = size.default(8).describe('trials that are drawn evenly before the others guide');

const strategySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('random') }),
  z.strictObject({ type: z.literal('grid') }),
  z.strictObject({ type: z.literal('tpe').default('tpe'), startup }),
  z.strictObject({
    type: z.literal('halving'),
    minSteps: size.describe('steps of the first rung, a multiple of training.validation.everySteps'),
    eta: whole(2)
      .default(3)
      .describe('one in so many trials goes on to the next rung, which is so much longer'),
    base: z.enum(['random', 'tpe']).default('random').describe('how values are drawn'),
    startup,
  }),
]);

/** What `heddle tune` searches, and how. */
export const tuneSchema = z
  .strictObject({
    trials: size.optional().describe('combinations that are tried; 20 by default, all of a grid'),
    strategy: strategySchema.prefault({}),
    seed: whole(0).default(1).describe('decides what is drawn'),
    parallel: size.default(1).describe('trials at a time, each in a process with its part of the threads'),
    space: z
      .record(z.string(), dimensionSchema)
      .refine((space) => Object.keys(space).length > 0, 'must name at least one key to search'),
  })
  .superRefine(({ trials, strategy, space }, context) => {
    const complain = (path: string[], message: string) =>
      context.addIssue({ code: 'custom', path, message, input: undefined, continue: true });
    const keys = Object.keys(space);
    for (const key of keys) {
      const inner = keys.find((other) => other.startsWith(`${key}.`));
      if (inner !== undefined)
        complain(['space', inner], `lies within ${key}, which is searched as a whole; keep one of them`);
    }
    if (strategy.type !== 'grid') return;
    if (trials !== undefined) complain(['trials'], 'does not go with a grid, which tries all; leave it out');
    for (const [key, dimension] of Object.entries(space))
      if (('uniform' in dimension || 'logUniform' in dimension) && dimension.points === undefined)
        complain(['space', key], 'needs points for a grid: how many values of the range are tried');
  });

export type TuneConfig = z.output<typeof tuneSchema>;
