import { z } from 'zod';
import { metricNames } from '../metrics/metrics.js';
import { toyTasks } from '../data/toy.js';
import { checkModel, modelSchema, type Demand } from './modelSchema.js';
import { share, size, whole } from './numbers.js';

const column = z.union([whole(0), z.string().min(1)]);

const table = {
  file: z
    .string()
    .min(1)
    .describe('tab-separated values, UTF-8; a relative path starts at the configuration’s folder'),
  columns: z
    .strictObject({
      source: column.default(0).describe('index, counted from 0, or the name in the header'),
      target: column.default(1).describe('index, counted from 0, or the name in the header'),
    })
    .prefault({}),
  header: z.boolean().default(false).describe('whether the first line names the columns'),
};

const tableSchema = z.strictObject(table);

const sourceSchema = z.union([
  z.strictObject({
    package: z.enum(['cmu-pronouncing-dictionary']).describe('a data set that comes as an npm package'),
  }),
  tableSchema,
  z.strictObject({
    synthetic: z.enum(toyTasks).describe('a task whose answers a program can compute'),
    count: size.describe('number of different examples'),
    seed: whole(0).default(1).describe('decides which examples'),
  }),
]);

const dataSchema = z.strictObject({
  source: sourceSchema.describe('where the examples come from: a package, a file, or a synthetic task'),
  validation: tableSchema.optional().describe('validation examples from a file of their own'),
  test: tableSchema.optional().describe('test examples from a file of their own'),
  split: z
    .strictObject({
      seed: whole(0).default(1).describe('decides which source falls into which part'),
      validation: share.default(0.05).describe('share of the sources'),
      test: share.default(0.05).describe('share of the sources'),
      groupBy: z.literal('source').default('source').describe('all targets of a source stay in one part'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      maxSourceLength: size.optional().describe('in tokens'),
      maxTargetLength: size.optional().describe('in tokens, END not counted'),
      onTooLong: z.enum(['error', 'skip']).default('error').describe('what to do about longer texts'),
    })
    .prefault({}),
});

const textSchema = z.strictObject({
  tokenizer: z.enum(['character', 'word']).default('character').describe('what a token is'),
  minCount: size.default(1).describe('tokens seen fewer times in the training data become <unknown>'),
});

const learningRate = z.number().positive().describe('peak rate; the schedule scales it');
const weightDecay = z.number().min(0);
const moments = {
  beta1: share.default(0.9).describe('decay of the running mean of gradients'),
  beta2: share.default(0.999).describe('decay of the running mean of squared gradients'),
  epsilon: z.number().positive().default(1e-8),
};

const optimizerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('adamw'),
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
      .describe('peak rate, relative to the size of each parameter, at most 1/√step; the schedule scales it'),
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

const scheduleSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('constant'), warmupSteps }),
  z.strictObject({
    type: z.literal('inverse-sqrt'),
    warmupSteps: size.describe('steps over which the rate rises from 0, before it falls'),
  }),
  z.strictObject({ type: z.literal('cosine'), warmupSteps, floor }),
  z.strictObject({ type: z.literal('linear'), warmupSteps, floor }),
  z.strictObject({
    type: z.literal('step'),
    warmupSteps,
    everySteps: size.describe('steps between two cuts of the rate'),
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

const samplingSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('linear'),
    steps: size.describe('the share of true tokens falls from 1 to floor: 1 − step ÷ steps'),
    floor: z.number().min(0).max(1).default(0).describe('share of true tokens that is kept'),
  }),
  z.strictObject({
    type: z.literal('exponential'),
    decay: share.describe('the share of true tokens is decay ^ step'),
  }),
  z.strictObject({
    type: z.literal('inverse-sigmoid'),
    pace: z
      .number()
      .min(1)
      .describe('k: the share of true tokens is k ÷ (k + exp(step ÷ k)), ½ at step k · ln k'),
  }),
]);

const metric = z.enum(metricNames);

const validationSchema = z.strictObject({
  everySteps: size.default(500).describe('and after the last step'),
  examples: size.optional().describe('how many of the validation examples, drawn by hash; default: all'),
  metrics: z
    .array(metric)
    .min(1)
    .default(['loss', 'per', 'wer'])
    .describe('what is measured (docs/config.md says how); answers are made greedily'),
  stopOn: metric
    .default('loss')
    .describe('chooses the best checkpoint, feeds a plateau schedule, and stops early'),
  patience: size.optional().describe('validations without a new best after which training stops'),
  target: z.number().optional().describe('training stops as soon as stopOn is this good'),
});

const trainingSchema = z.strictObject({
  seed: whole(0).default(1).describe('decides first values, order of the data and dropout'),
  steps: size.optional().describe('updates in all'),
  epochs: size.optional().describe('passes over the data, where steps is not given; 100 by default'),
  batchSize: size.optional().describe('pairs per batch; 64 by default'),
  batchTokens: size
    .optional()
    .describe('instead of batchSize: tokens per batch, both sides, padding included'),
  accumulate: size.default(1).describe('batches whose gradients are summed for one step'),
  optimizer: optimizerSchema.prefault({ type: 'adamw' }),
  schedule: scheduleSchema.prefault({ type: 'constant' }),
  labelSmoothing: share
    .default(0)
    .describe('share of a label that is spread over all tokens; reported losses are without it'),
  coverageLoss: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'weight of the attention to what was attended to before (See et al. 2017); not in reported losses',
    ),
  scheduledSampling: samplingSchema
    .optional()
    .describe('a recurrent decoder reads its own tokens ever more often (Bengio et al. 2015)'),
  clipValue: z.number().positive().optional().describe('largest size of a value of the gradients'),
  clipNorm: z.number().positive().optional().describe('joint 2-norm that gradients are scaled down to'),
  averageDecay: share
    .default(0)
    .describe('decay of a running average of the parameters, which then answers; 0: none is kept'),
  validation: validationSchema.prefault({}),
  logEverySteps: size.default(50).describe('between two rows of training metrics'),
  checkpointEverySteps: size
    .default(500)
    .describe('one more after each validation that is the best so far, and at the end'),
  maxMinutes: z.number().positive().optional().describe('training ends after this time, wherever it is'),
  threads: size.optional().describe('of the engine; default: HEDDLE_THREADS, else the cores, at most 8'),
});

const decodingSchema = z.strictObject({
  beam: size.default(1).describe('hypotheses kept; 1 is greedy'),
  lengthPenalty: z.number().min(0).default(0).describe('α of Wu et al. 2016: above 0 favours longer answers'),
  maxLength: size.optional().describe('in tokens; default: twice the length of the source, plus 10'),
});

/** Everything about a training run, as `heddle train` reads it. */
export const configSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u, "may hold letters, digits, '.', '_' and '-' only")
      .optional()
      .describe('of the run directory, runs/<name>; default: the name of the file'),
    task: z.literal('sequence-to-sequence').default('sequence-to-sequence'),
    data: dataSchema,
    source: textSchema.prefault({}),
    target: textSchema.prefault({}),
    model: modelSchema.prefault({}),
    training: trainingSchema.prefault({}),
    decoding: decodingSchema.prefault({}).describe('how answers are made outside of training'),
  })
  .superRefine(checkTogether);

/** A configuration with its defaults filled in. */
export type Config = z.output<typeof configSchema>;
export type TableConfig = z.output<typeof tableSchema>;
export type SourceConfig = z.output<typeof sourceSchema>;

/** What keys must say together; each message names the keys. */
function checkTogether(
  config: {
    data: z.output<typeof dataSchema>;
    model: z.output<typeof modelSchema>;
    training: z.output<typeof trainingSchema>;
  },
  context: z.core.$RefinementCtx,
): void {
  const demand: Demand = (holds, path, message) => {
    if (!holds)
      context.addIssue({ code: 'custom', path: path.split('.'), message, input: undefined, continue: true });
  };
  checkModel(config.model, demand);
  const { training, data } = config;
  demand(
    !(training.steps && training.epochs),
    'training.epochs',
    'is given beside training.steps; keep one of them',
  );
  demand(
    !(training.batchSize && training.batchTokens),
    'training.batchTokens',
    'is given beside training.batchSize; keep one of them',
  );
  const { metrics, stopOn } = training.validation;
  demand(
    metrics.includes(stopOn),
    'training.validation.stopOn',
    `is ${stopOn}, which training.validation.metrics (${metrics.join(', ')}) does not measure; add it there`,
  );
  const { optimizer, schedule } = training;
  const { decoder } = config.model;
  demand(
    training.scheduledSampling === undefined || decoder.type === 'recurrent',
    'training.scheduledSampling',
    'lets a recurrent decoder read what it has just written; a transformer reads all tokens at once, so leave it out',
  );
  demand(
    training.coverageLoss === 0 || decoder.type !== 'recurrent' || decoder.attention !== 'none',
    'training.coverageLoss',
    'weighs what attention repeats, so it needs model.decoder.attention',
  );
  demand(
    optimizer.type !== 'sgd' || !optimizer.nesterov || optimizer.momentum > 0,
    'training.optimizer.nesterov',
    'needs training.optimizer.momentum above 0',
  );
  demand(
    !(schedule.type === 'cosine' || schedule.type === 'linear') ||
      training.steps === undefined ||
      schedule.warmupSteps < training.steps,
    'training.schedule.warmupSteps',
    `must be below training.steps (${training.steps})`,
  );
  const shares = (data.validation ? 0 : data.split.validation) + (data.test ? 0 : data.split.test);
  demand(
    shares < 1,
    'data.split',
    `validation and test leave nothing to train on (${shares} of the data); 0.05 each is usual`,
  );
}
