import type { BatchLimit, TrainingData } from '../data/trainingData.js';
import { betterWhen, type MetricName } from '../metrics/metrics.js';
import { adafactor } from '../optimizers/adafactor.js';
import { adagrad, lion, rmsprop } from '../optimizers/adaptive.js';
import { chain, type Optimizer } from '../optimizers/transform.js';
import { adam, adamW, clipByGlobalNorm, clipByValue, sgd } from '../optimizers/transforms.js';
import {
  constantRate,
  cosine,
  inverseSqrt,
  linearDecay,
  oneCycle,
  plateau,
  stepDecay,
  type Schedule,
} from '../schedules/schedules.js';
import { UserError } from '../tensor/errors.js';
import type { TrainingConfig } from './trainingSchema.js';

/** How a model is trained, apart from what it is. */
export interface Optimization {
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly batch: BatchLimit;
  /** Updates in all. */
  readonly steps: number;
}

/** @throws UserError when the schedule does not fit the number of steps, or the batches the data. */
export function buildOptimization(
  training: TrainingConfig & { readonly validation: { readonly stopOn: MetricName } },
  train: TrainingData,
): Optimization {
  const { seed, accumulate, epochs = 100, batchSize = 64, batchTokens } = training;
  const batch: BatchLimit = batchTokens ? { batchTokens } : { batchSize };
  const steps =
    training.steps ?? epochs * Math.ceil(train.plan(batch, { seed, epoch: 0 }).length / accumulate);
  return { optimizer: buildOptimizer(training), schedule: buildSchedule(training, steps), batch, steps };
}

/** The optimiser, behind the clipping of gradients where there is one. */
function buildOptimizer({ optimizer, clipValue, clipNorm }: TrainingConfig): Optimizer {
  const clips = [
    ...(clipValue === undefined ? [] : [clipByValue(clipValue)]),
    ...(clipNorm === undefined ? [] : [clipByGlobalNorm(clipNorm)]),
  ];
  return chain(...clips, buildUpdate(optimizer));
}

function buildUpdate(options: TrainingConfig['optimizer']): Optimizer {
  switch (options.type) {
    case 'adamw':
      return adamW(options);
    case 'adam':
      return adam(options);
    case 'sgd':
      return sgd(options);
    case 'adagrad':
      return adagrad(options);
    case 'rmsprop':
      return rmsprop(options);
    case 'adafactor':
      return adafactor(options);
    case 'lion':
      return lion(options);
  }
}

/** @throws UserError when a falling schedule's warm-up is longer than the training. */
function buildSchedule(
  { schedule, validation }: TrainingConfig & { readonly validation: { readonly stopOn: MetricName } },
  steps: number,
): Schedule {
  switch (schedule.type) {
    case 'constant':
      return constantRate(schedule);
    case 'inverse-sqrt':
      return inverseSqrt(schedule);
    case 'step':
      return stepDecay(schedule);
    case 'one-cycle':
      return oneCycle({ ...schedule, totalSteps: steps });
    case 'cosine':
    case 'linear':
      if (schedule.warmupSteps >= steps)
        throw new UserError(
          `training.schedule.warmupSteps is ${schedule.warmupSteps}, but training ends after ${steps} steps. Lower it, or train longer.`,
        );
      return (schedule.type === 'cosine' ? cosine : linearDecay)({ ...schedule, totalSteps: steps });
    case 'plateau': {
      return plateau({ ...schedule, better: betterWhen(validation.stopOn) });
    }
  }
}
