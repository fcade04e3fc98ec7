import { z } from 'zod';
import { initialSchema } from './initialSchema.js';
import { size, share, whole } from './numbers.js';
import { optimizerSchema, scheduleSchema } from './optimizerSchema.js';

/** Complains about a key, with words that follow its name, unless something holds. */
export type Demand = (holds: boolean, path: string, message: string) => void;

/** Complaints of a schema about keys that must say something together. */
export function demandOf(context: z.core.$RefinementCtx): Demand {
  return (holds, path, message) => {
    if (!holds)
      context.addIssue({ code: 'custom', path: path.split('.'), message, input: undefined, continue: true });
  };
}

/** Names of metrics: all that a task has, and those that are measured by default. */
export interface Measures<Name extends string> {
  readonly all: readonly Name[];
  readonly usual: readonly Name[];
}

export function measures<Name extends string>(
  all: readonly Name[],
  usual: readonly NoInfer<Name>[],
): Measures<Name> {
  return { all, usual };
}

/** What is measured while a model trains. @param names the metrics of the task. @param usual those measured by default. */
export function validationSchema<Name extends string>(names: readonly Name[], usual: readonly Name[]) {
  const metric = z.enum(names);
  const metrics = z
    .array(metric)
    .min(1)
    .default([...usual])
    .describe('what is measured (docs/config.md says how); answers are made greedily');
  return validationOf(metrics, metric.default(usual[0]!));
}

/** The same with metrics whose names the configuration decides. */
export function validationOf<Metrics extends z.ZodType, StopOn extends z.ZodType>(
  metrics: Metrics,
  stopOn: StopOn,
) {
  return z.strictObject({
    everySteps: size.default(500).describe('and after the last step'),
    examples: size.optional().describe('how many of the validation examples, drawn by hash; default: all'),
    metrics,
    stopOn: stopOn.describe('chooses the best checkpoint, feeds a plateau schedule, and stops early'),
    patience: size.optional().describe('validations without a new best after which training stops'),
    target: z.number().optional().describe('training stops as soon as stopOn is this good'),
  });
}

/** The keys of `training` that all tasks share. */
export const trainingKeys = {
  seed: whole(0).default(1).describe('decides first values, order of the data and dropout'),
  initial: initialSchema.prefault({}),
  steps: size.optional().describe('updates in all'),
  epochs: size.optional().describe('passes over the data, where steps is not given; 100 by default'),
  batchSize: size.optional().describe('examples per batch; 64 by default'),
  batchTokens: size
    .optional()
    .describe('instead of batchSize: tokens per batch, both sides, padding included'),
  accumulate: size.default(1).describe('batches whose gradients are summed for one step'),
  optimizer: optimizerSchema.prefault({}),
  schedule: scheduleSchema.prefault({}),
  clipValue: z.number().positive().optional().describe('largest size of a value of the gradients'),
  clipNorm: z.number().positive().optional().describe('joint 2-norm that gradients are scaled down to'),
  averageDecay: share
    .default(0)
    .describe('decay of a running average of the parameters, which then answers; 0: none is kept'),
  logEverySteps: size.default(50).describe('between two rows of training metrics'),
  checkpointEverySteps: size
    .default(500)
    .describe('one more after each validation that is the best so far, and at the end'),
  keepCheckpoints: size
    .default(2)
    .describe('newest checkpoints that stay, beside the best; heddle average makes one of several'),
  maxMinutes: z.number().positive().optional().describe('training ends after this time, wherever it is'),
  threads: size.optional().describe('of the engine; default: HEDDLE_THREADS, else the cores, at most 8'),
};

export type TrainingConfig = z.output<z.ZodObject<typeof trainingKeys>>;

/** What the keys of `training` must say together. */
export function checkTraining(
  training: TrainingConfig & {
    readonly validation: { readonly metrics: readonly string[]; readonly stopOn: string };
  },
  demand: Demand,
): void {
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
  const { run, vectors } = training.initial;
  demand(
    run === undefined || vectors === undefined,
    'training.initial.vectors',
    'would be replaced by the embedding of training.initial.run; keep one of them',
  );
  const { metrics, stopOn } = training.validation;
  demand(
    metrics.includes(stopOn),
    'training.validation.stopOn',
    `is ${stopOn}, which training.validation.metrics (${metrics.join(', ')}) does not measure; add it there`,
  );
  const { optimizer, schedule } = training;
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
}

/** What is set aside must leave something to train on; parts with a file of their own take nothing. */
export function checkShares(
  data: {
    readonly split: {
      validation: number;
      test: number;
      folds?: number | undefined;
      fold?: number;
      orderBy?: unknown;
      groupBy?: unknown;
      stratify?: boolean;
    };
    readonly validation?: unknown;
    readonly test?: unknown;
  },
  demand: Demand,
): void {
  const { folds, fold = 0, orderBy, groupBy = 'text', stratify = false } = data.split;
  if (orderBy !== undefined) {
    const other = 'and data.split.orderBy by time; keep one of them';
    demand(folds === undefined, 'data.split.folds', `divides rows by a hash, ${other}`);
    demand(!stratify, 'data.split.stratify', `divides each class by a hash, ${other}`);
    // The default.
    demand(
      groupBy === 'text' || groupBy === 'source' || groupBy === 'recording',
      'data.split.groupBy',
      `divides groups by a hash, ${other}`,
    );
  }
  if (folds !== undefined) {
    demand(fold < folds, 'data.split.fold', `is ${fold}, but ${folds} folds count from 0`);
    demand(
      data.test === undefined,
      'data.split.folds',
      'makes each fold the test part in turn; leave data.test out',
    );
  }
  const test = folds === undefined ? data.split.test : 1 / folds;
  const shares = (data.validation ? 0 : data.split.validation) + (data.test ? 0 : test);
  demand(
    shares < 1,
    'data.split',
    `validation and test leave nothing to train on (${shares} of the data); 0.05 each is usual`,
  );
}

/** Whether rows may be split by a column. @param without why there is none, in words; undefined where there are. */
export function checkSplitColumns(
  split: { readonly orderBy?: unknown; readonly groupBy?: unknown },
  without: string | undefined,
  demand: Demand,
): void {
  if (without === undefined) return;
  const message = `is by a column, but ${without}; leave it out`;
  demand(split.orderBy === undefined, 'data.split.orderBy', message);
  demand(typeof split.groupBy !== 'object', 'data.split.groupBy', message);
}
