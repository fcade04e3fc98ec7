import { z } from 'zod';
import { share, size, whole } from './numbers.js';

const learningRate = z.number().positive().describe('peak rate; the schedule scales it');
const weightDecay = z.number().min(0);
const moments = {
  beta1: share.default(0.9).describe('decay of the running mean of gradients'),
  beta2: share.default(0.999).describe('decay of the running mean of squared gradients'),
  epsilon: z.number().positive().default(1e-8),
};

/** How parameters are updated. */
export const optimizerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('adamw').default('adamw'),
    learningRate: learningRate.default(1e-3),
    ...moments,
    weightDecay: weightDecay.default(0.01).describe('decoupled from the gradient'),
  }),
  z.strictObject({
    type: z.literal('adam'),
    learningRate: learningRate.default(1e-3),
    ...moments,
    weightDecay: weightDecay.default(0).describe('as L2 regularisation'),
  }),
  z.strictObject({
    type: z.literal('sgd'),
    learningRate,
    momentum: share.default(0).describe('share of the last step that is kept'),
    nesterov: z.boolean().default(false).describe('looks ahead along the momentum'),
    weightDecay: weightDecay.default(0).describe('as L2 regularisation'),
  }),
  z.strictObject({
    type: z.literal('adagrad'),
    learningRate: learningRate.default(1e-2),
    epsilon: z.number().positive().default(1e-10),
    weightDecay: weightDecay.default(0).describe('as L2 regularisation'),
  }),
  z.strictObject({
    type: z.literal('rmsprop'),
    learningRate: learningRate.default(1e-3),
    decay: share.default(0.99).describe('decay of the running mean of squared gradients'),
    epsilon: z.number().positive().default(1e-8),
    momentum: share.default(0).describe('share of the last step that is kept'),
    weightDecay: weightDecay.default(0).describe('as L2 regularisation'),
  }),
  z.strictObject({
    type: z.literal('adafactor'),
    learningRate: learningRate
      .default(1e-2)
      .describe(
        'peak rate, relative to the size of each parameter; the schedule scales it, and at most 1/√step counts',
      ),
    decay: z
      .number()
      .positive()
      .default(0.8)
      .describe('running means take in step^−decay of the new squares'),
    clipThreshold: z.number().positive().default(1).describe('largest root mean square of an update'),
    minScale: z.number().positive().default(1e-3).describe('least size that a parameter counts as'),
    epsilon: z
      .number()
      .positive()
      .default(2 ** -23)
      .describe('least root of a second moment'),
    weightDecay: weightDecay.default(0).describe('decoupled from the gradient'),
  }),
  z.strictObject({
    type: z.literal('lion'),
    learningRate: learningRate.default(1e-4),
    beta1: share.default(0.9).describe('decay of the running mean in the step'),
    beta2: share.default(0.99).describe('decay of the running mean that is kept'),
    weightDecay: weightDecay.default(0.1).describe('decoupled from the gradient'),
  }),
]);

const warmupSteps = whole(0).default(0).describe('steps over which the rate rises from 0');

const floor = share.default(0).describe('share of the peak rate at the last step');

/** How the learning rate changes. */
export const scheduleSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('constant').default('constant'), warmupSteps }),
  z.strictObject({
    type: z.literal('inverse-sqrt'),
    warmupSteps: size.describe('steps over which the rate rises from 0, before it falls'),
  }),
  z.strictObject({ type: z.literal('cosine'), warmupSteps, floor }),
  z.strictObject({ type: z.literal('linear'), warmupSteps, floor }),
  z.strictObject({
    type: z.literal('step'),
    warmupSteps,
    everySteps: size.describe('steps between two cuts of the rate, counted from the end of the warm-up'),
    factor: z.number().gt(0).lt(1).default(0.1).describe('what the rate is multiplied with'),
  }),
  z.strictObject({
    type: z.literal('one-cycle'),
    rise: z.number().gt(0).lt(1).default(0.3).describe('share of the steps over which the rate rises'),
    start: share.default(0.04).describe('share of the peak rate at the first step'),
    end: share.default(4e-6).describe('share of the peak rate at the last step'),
  }),
  z.strictObject({
    type: z.literal('plateau'),
    warmupSteps,
    factor: z.number().gt(0).lt(1).default(0.5).describe('what the rate is multiplied with'),
    patience: whole(0).default(2).describe('validations without improvement that are let pass'),
    threshold: z.number().min(0).default(1e-4).describe('share by which the best value must be beaten'),
  }),
]);
