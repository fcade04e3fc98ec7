import { z } from 'zod';
import { exampleGroupings } from '../data/splitExamples.js';
import { toyTasks } from '../data/toy.js';
import { pairMetricNames } from '../metrics/metrics.js';
import { runName } from './runName.js';
import { checkBpeDropout, pairAugmentations } from './augmentationSchema.js';
import {
  badRowKeys,
  cleanSchema,
  foldKeys,
  groupColumn,
  splitKeys,
  tableSchema,
  textSchema,
} from './dataSchema.js';
import { scheduledSamplingSchema } from './scheduledSamplingSchema.js';
import { checkDecoding, contentKeys, drawingKeys, repetitionKeys, searchKeys } from './decodingSchema.js';
import { checkModel, modelSchema } from './modelSchema.js';
import { share, size, whole } from './numbers.js';
import { textMetricsSchema } from './textMetricsSchema.js';
import {
  checkShares,
  checkSplitColumns,
  checkTraining,
  demandOf,
  trainingKeys,
  validationSchema,
  type Demand,
} from './trainingSchema.js';

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

/** Pairs of texts. */
export const pairDataSchema = z.strictObject({
  source: sourceSchema.describe('where the examples come from: a package, a file, or a synthetic task'),
  validation: tableSchema.optional().describe('validation examples from a file of their own'),
  test: tableSchema.optional().describe('test examples from a file of their own'),
  split: z
    .strictObject({
      ...splitKeys,
      groupBy: z
        .union([z.enum(exampleGroupings), groupColumn])
        .default('source')
        .describe(
          'what stays in one part: all targets of a source; of sources that are equal but for case, punctuation and spaces; whatever is joined by such equal texts of either side, over any number of pairs; rows with one value of a column',
        ),
      ...foldKeys,
    })
    .prefault({}),
  clean: cleanSchema('source', 'target'),
  ...badRowKeys,
  limits: z
    .strictObject({
      maxSourceLength: size.optional().describe('in tokens'),
      maxTargetLength: size.optional().describe('in tokens, END not counted'),
      onTooLong: z
        .enum(['error', 'skip'])
        .default('error')
        .describe(
          'what to do about longer texts: skip leaves them out of training, and out of what is measured only where the model cannot read them; with CTC out of both, and so sources too short to align their target with',
        ),
    })
    .prefault({}),
});

const trainingSchema = z.strictObject({
  ...trainingKeys,
  augment: pairAugmentations,
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
  scheduledSampling: scheduledSamplingSchema
    .optional()
    .describe('a recurrent decoder reads its own tokens ever more often (Bengio et al. 2015)'),
  validation: validationSchema(pairMetricNames, ['loss', 'per', 'wer']).prefault({}),
});

const decodingSchema = z.strictObject({
  ...searchKeys,
  ...drawingKeys,
  ...repetitionKeys,
  ...contentKeys,
});

/** A model that writes a text for a text. */
export const pairConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('sequence-to-sequence').default('sequence-to-sequence'),
    data: pairDataSchema.extend({
      onDisk: z
        .boolean()
        .default(false)
        .describe(
          'for tables that are larger than memory: training pairs lie in a temporary file, whose folder the environment’s TMPDIR names; only what is set aside is held',
        ),
    }),
    source: textSchema.prefault({}),
    target: textSchema.prefault({}),
    model: modelSchema.prefault({}),
    training: trainingSchema.prefault({}),
    decoding: decodingSchema.prefault({}).describe('how answers are made outside of training'),
    metrics: textMetricsSchema,
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    checkModel(config.model, demand);
    checkTraining(config.training, demand);
    checkPairSplit(config.data, demand);
    checkOnDisk(config.data, demand);
    checkBpeDropout(
      config.training.augment,
      { source: config.source.tokenizer, target: config.target.tokenizer },
      demand,
    );
    checkDecoderTraining(config, demand);
    checkDecoding(config.decoding, demand);
  });

/** What the keys of `data.split` must say together; columns are those of a table. */
export function checkPairSplit(data: z.output<typeof pairDataSchema>, demand: Demand): void {
  checkShares(data, demand);
  checkSplitColumns(data.split, 'file' in data.source ? undefined : 'data.source is no table', demand);
}

export type PairData = z.output<typeof pairDataSchema>;
export type PairConfig = z.output<typeof pairConfigSchema>;
export type SourceConfig = z.output<typeof sourceSchema>;

/** Pairs on the disk are split one by one, by a hash of each. */
function checkOnDisk({ onDisk, source, split }: PairConfig['data'], demand: Demand): void {
  if (!onDisk) return;
  demand('file' in source, 'data.onDisk', 'is for tables (data.source.file); leave it out');
  const other = 'needs all pairs at once, but data.onDisk reads one after another; leave one of them out';
  demand(split.groupBy !== 'component', 'data.split.groupBy', `component ${other}`);
  demand(split.orderBy === undefined, 'data.split.orderBy', other);
  demand(split.folds === undefined, 'data.split.folds', other);
}

function checkDecoderTraining({ training, model: { decoder } }: PairConfig, demand: Demand): void {
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
}
