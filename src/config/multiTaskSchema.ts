import { z } from 'zod';
import type { MetricName, OwnMetricName } from '../metrics/metrics.js';
import { tokenAugmentations } from './augmentationSchema.js';
import { classLossKeys, classMeasures, labelledTextsSchema } from './classificationSchema.js';
import { classSplitKeys, partsOf, textSchema, textSplitKeys } from './dataSchema.js';
import { normalizerToJson } from '../text/normalization.js';
import { checkSide, headDropout, poolingSchema, tokenEncoderForms } from './modelSchema.js';
import { valuedTextsSchema, valueMeasures } from './regressionSchema.js';
import { runName } from './runName.js';
import { taggedPartsSchema, tagLossKeys, tagMeasures } from './taggingSchema.js';
import {
  checkShares,
  checkTraining,
  demandOf,
  trainingKeys,
  validationOf,
  type Demand,
  type Measures,
} from './trainingSchema.js';
import { checkValueLoss, scalingKeys, valueLossKeys } from './valueKeys.js';

/** What every task has beside its data and its loss. */
const headKeys = {
  dropout: headDropout,
  weight: z
    .number()
    .positive()
    .default(1)
    .describe('what a label of the task counts: a class of a text, a tag of a token, a value'),
};

const headSchema = z.discriminatedUnion('task', [
  z.strictObject({
    task: z.literal('classification').describe('says a class of each text'),
    data: partsOf(labelledTextsSchema, 'labelled texts', { split: classSplitKeys, clean: ['text'] }),
    pooling: poolingSchema,
    ...headKeys,
    ...classLossKeys,
  }),
  z.strictObject({
    task: z.literal('tagging').describe('says a tag of each token'),
    data: taggedPartsSchema,
    ...headKeys,
    ...tagLossKeys,
  }),
  z.strictObject({
    task: z.literal('regression').describe('says one or several values of each text'),
    data: partsOf(valuedTextsSchema, 'texts and their values', {
      split: textSplitKeys,
      clean: ['text'],
    }).extend(scalingKeys),
    pooling: poolingSchema,
    ...headKeys,
    ...valueLossKeys,
  }),
]);

const metric = z.string().min(1);

/** Several models over one encoder of texts, trained together. */
export const multiTaskConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('multi-task'),
    text: textSchema
      .extend({ tokenizer: z.enum(['character', 'word']).default('word').describe('what a token is') })
      .prefault({}),
    model: z
      .strictObject({ encoder: z.discriminatedUnion('type', tokenEncoderForms).prefault({}) })
      .prefault({}),
    tasks: z
      .record(z.string(), headSchema)
      .describe('what is learnt, by names that metrics and files are called after'),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: tokenAugmentations,
        validation: validationOf(
          z
            .array(metric)
            .min(1)
            .optional()
            .describe(
              'loss of all, <name>.loss of a task, <name>.accuracy and others as a task of its kind has them; default: loss and the usual ones of each task',
            ),
          metric.default('loss'),
        ).prefault({}),
      })
      .prefault({}),
  })
  .transform((config) => {
    const { training, tasks } = config;
    const { metrics = metricsOf(tasks, 'usual'), stopOn } = training.validation;
    // The names are checked next.
    const named = { metrics: metrics as MetricName[], stopOn: stopOn as MetricName };
    return { ...config, training: { ...training, validation: { ...training.validation, ...named } } };
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    const { tasks, training, model } = config;
    const names = Object.keys(tasks);
    demand(names.length > 0, 'tasks', 'is empty; name at least one task');
    const odd = names.find((name) => !/^[\w-]+$/.test(name));
    demand(
      odd === undefined,
      'tasks',
      `has the name ${JSON.stringify(odd)}; metrics and files are called after it, so use letters, digits, - and _`,
    );
    // A key of an odd name cannot be pointed at.
    if (names.length === 0 || odd !== undefined) return;
    const known = metricsOf(tasks, 'all');
    training.validation.metrics.forEach((name, i) => {
      if (!known.includes(name))
        context.addIssue({
          code: 'invalid_value',
          values: known,
          input: name,
          path: ['training', 'validation', 'metrics', i],
        });
    });
    for (const [name, task] of Object.entries(tasks)) {
      const within: Demand = (holds, path, message) => {
        demand(holds, `tasks.${name}.${path}`, message);
      };
      checkShares(task.data, within);
      if (task.task === 'regression') checkValueLoss(task, demand, `tasks.${name}`);
    }
    const forms = Object.values(tasks).map(({ data: { clean = {} } }) =>
      JSON.stringify(normalizerToJson(clean, null)),
    );
    demand(
      forms.every((form) => form === forms[0]),
      'tasks',
      'normalise their texts differently (data.clean: unicode, collapseSpaces, lowercase), but share one encoder; say the same in each',
    );
    checkSide('encoder', model.encoder, demand);
    checkTraining(training, demand);
  });

const measuresOf: Readonly<Record<HeadConfig['task'], Measures<OwnMetricName>>> = {
  classification: classMeasures,
  tagging: tagMeasures,
  regression: valueMeasures,
};

/** The metrics of all tasks together, `loss` and `<name>.<metric>`. */
function metricsOf(tasks: Readonly<Record<string, HeadConfig>>, which: 'all' | 'usual'): MetricName[] {
  const own = Object.entries(tasks).flatMap(([name, { task }]) =>
    measuresOf[task][which].map((each): MetricName => `${name}.${each}`),
  );
  return ['loss', ...own];
}

export type MultiTaskConfig = z.output<typeof multiTaskConfigSchema>;
/** One of its tasks. */
export type HeadConfig = z.output<typeof headSchema>;
