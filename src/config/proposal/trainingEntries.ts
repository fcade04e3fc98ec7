import { entry, group, type Entry } from './commentedYaml.js';
import type { Plan } from './budget.js';
import type { LearningRate } from './learningRates.js';

/** What a training is made of, beside its length. */
export interface TrainingForm {
  readonly plan: Plan;
  readonly batch: number;
  /** Of the optimiser, with its reason. */
  readonly learningRate: LearningRate;
  readonly weightDecay?: number;
  /** Undefined: Adam without decay. */
  readonly clip?: boolean;
  readonly metrics: readonly string[];
  readonly stopOn: string;
  readonly stopWhy: string;
  /** Validation examples that are measured, where there are more. */
  readonly examples?: number | undefined;
  readonly patience?: number;
  /** Keys of the task: label smoothing, class weights. */
  readonly own?: readonly (Entry | undefined)[];
}

/** Validations in a training: enough to find the best checkpoint, few enough to cost little. */
const VALIDATIONS = 12;

/** The keys of `training`. */
export function trainingEntries(form: TrainingForm): Entry {
  const { plan, batch, learningRate, weightDecay, clip, metrics, stopOn, stopWhy, examples, patience, own } =
    form;
  const warmup = Math.max(1, Math.min(200, Math.round(0.05 * plan.steps)));
  const every = Math.max(20, Math.ceil(plan.steps / VALIDATIONS));
  return group('training', [
    lengthEntry(plan),
    entry(
      'batchSize',
      batch,
      batch <= 32 ? 'small batches: more updates from few examples' : 'examples of an update',
    ),
    entry(
      'optimizer',
      weightDecay === undefined
        ? { type: 'adam', learningRate: learningRate.value }
        : { type: 'adamw', learningRate: learningRate.value, weightDecay },
      `${weightDecay === undefined ? 'Adam: each parameter has steps of its own' : 'AdamW: each parameter has steps of its own, and shrinks a little'}. Rate: ${learningRate.why}; heddle find-rate tries others`,
    ),
    entry(
      'schedule',
      { type: 'cosine', warmupSteps: warmup, floor: 0.02 },
      'rises shortly, then falls to the end: the last epochs settle',
    ),
    clip
      ? entry('clipNorm', 1, 'longer gradients are cut to this length: now and then one explodes')
      : undefined,
    ...(own ?? []),
    group('validation', [
      entry('everySteps', every, `about ${Math.max(1, Math.round(plan.steps / every))} times in all`),
      examples === undefined
        ? undefined
        : entry('examples', examples, 'writing answers takes time; these say enough'),
      entry('metrics', metrics, 'what is measured; docs/config.md says how'),
      entry('stopOn', stopOn, stopWhy),
      patience === undefined
        ? undefined
        : entry('patience', patience, 'validations without a new best, then it ends'),
    ]),
  ]);
}

/** How long the training is. */
function lengthEntry({ epochs, steps, minutes, limited }: Plan): Entry {
  const time = `${minutesText(minutes)} on two cores, estimated`;
  if (epochs === undefined)
    return entry(
      'steps',
      steps,
      `updates: less than a pass over the data, for there is no time for more; ${time}`,
    );
  return entry(
    'epochs',
    epochs,
    `passes over the data: ${limited ? 'as many as the time allows' : 'fewer for more data'}; ${time}`,
  );
}

/** The averaging of parameters, for trainings that are long enough for it. */
export function averageEntry({ steps }: Plan): Entry | undefined {
  if (steps < 600) return undefined;
  return entry(
    'averageDecay',
    steps < 3000 ? 0.995 : 0.999,
    'the mean of the last parameters answers: steadier than the last ones',
  );
}

/** A time in words: `about 4 minutes`. */
export function minutesText(minutes: number): string {
  if (minutes < 0.75) return 'less than a minute';
  if (minutes < 1.5) return 'about a minute';
  return `about ${Math.round(minutes)} minutes`;
}
