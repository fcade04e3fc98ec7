import type { BadRows } from '../../data/badRows.js';
import type { Example } from '../../data/examples.js';
import { readNumbers } from '../../data/node/numbers.js';
import { byPart, splitNames, type SplitName } from '../../data/split.js';
import type { SplitBy } from '../../data/splitColumns.js';
import { groupDigits } from '../../formats/terminal.js';
import { tokenizers } from '../../text/tokenizer.js';
import { attempt } from '../attempt.js';
import { augmentationExamples, type AugmentationExample } from '../augmentationExamples.js';
import { chooseEncoding } from '../chooseEncoding.js';
import { labelledRows } from '../classExamples.js';
import type { ClassificationConfig } from '../classificationSchema.js';
import { buildClassificationTask } from '../classificationTask.js';
import type { CtcConfig } from '../ctcSchema.js';
import { buildCtcTask, encodeCtcParts } from '../ctcTask.js';
import {
  countsOf,
  each,
  groupingOf,
  imageParts,
  labelledParts,
  labelledRowParts,
  LeftOutTally,
  rowParts,
  seriesRows,
  taggedParts,
  watchedOf,
  type Reading,
} from '../dataParts.js';
import type { DataParts } from '../dataSummary.js';
import type { DenoisingConfig } from '../denoisingSchema.js';
import { buildDenoisingTask } from '../denoisingTask.js';
import type { ForecastingConfig } from '../forecastingSchema.js';
import { buildForecastingTask } from '../forecastingTask.js';
import type { LanguageConfig } from '../languageSchema.js';
import { buildLanguageTask } from '../languageTask.js';
import { rowUnits, unitsOf } from '../learntUnits.js';
import type { MaskedLanguageConfig } from '../maskedLanguageSchema.js';
import { buildMaskedLanguageTask } from '../maskedLanguageTask.js';
import type { MultiLabelConfig } from '../multiLabelSchema.js';
import { buildMultiLabelTask, labelsIn } from '../multiLabelTask.js';
import { buildMultiTask, trainingTexts } from '../multiTask.js';
import type { MultiTaskConfig } from '../multiTaskSchema.js';
import type { PairConfig } from '../pairSchema.js';
import {
  buildEncodings,
  buildPairTask,
  encodePairParts,
  textsOf,
  type OnLeftOutPair,
  type PairEncoding,
} from '../pairTask.js';
import type { RegressionConfig } from '../regressionSchema.js';
import { buildRegressionTask } from '../regressionTask.js';
import type { Config } from '../schema.js';
import type { TaggingConfig } from '../taggingSchema.js';
import { buildTaggingTask } from '../taggingTask.js';
import { learntTexts } from '../tableInputs.js';
import { asRegression } from '../taskConfigs.js';
import { leftOutTexts, withoutHeldOut, type TaskData } from '../taskData.js';
import { tokenUnits, type TextUnits } from '../textUnits.js';
import type { Cleaners } from './cleanTexts.js';
import { readKnownEncodings } from './prepareTask.js';
import { readExamples } from './readExamples.js';
import { readLabelled } from './readLabelled.js';
import { readMultiLabel } from './readMultiLabel.js';
import { readSpeechParts } from './readSpeechParts.js';
import { readTagged } from './readTagged.js';
import { readTasks } from './readTasks.js';
import { readTexts } from './readTexts.js';
import { readValued } from './readValued.js';
import type { DataSource, TaskReading } from './taskReading.js';

/** The data of a configuration, as training begins with them. */
export interface DataReading {
  /** Of several tasks one for each. */
  readonly parts: readonly DataParts[];
  /** What training makes of examples, in the order of `training.augment`. */
  readonly augmentations: readonly AugmentationExample[];
  /** Why training would not begin with them, in words; then they are shown as they were split. */
  readonly refusal?: string;
}

/**
 * Reads the data of a configuration as training does: cleaned, split, without what it leaves out, and augmented. What it
 * says of them comes from the functions that build the task to train.
 * @throws UserError naming the file and the line that cannot be read.
 */
export async function readDataParts(
  config: Config,
  badRows: BadRows,
  cleaners: Cleaners,
): Promise<DataReading> {
  const initial = await attempt(() => readKnownEncodings(config));
  const { parts, data, ...own } = await readTask(config, {
    badRows,
    cleaners,
    cleaner: cleaners[''],
    known: initial.built,
  });
  const refusal = initial.refusal ?? own.refusal;
  return {
    parts,
    augmentations: data ? augmentationExamples(config, data) : [],
    ...(refusal !== undefined && { refusal }),
  };
}

function readTask(config: Config, source: DataSource): Promise<TaskReading> {
  switch (config.task) {
    case 'sequence-to-sequence':
    case 'ctc':
      return readPairs(config, source);
    case 'speech-recognition':
      return readSpeechParts(config, source);
    case 'language-model':
      return readDocuments(config, source);
    case 'masked-language-model':
    case 'denoising':
      return readWholeTexts(config, source);
    case 'classification':
      return readClassified(config, source);
    case 'multi-label':
      return readManyLabelled(config, source);
    case 'tagging':
      return readTags(config, source);
    case 'regression':
      return readValues(config, source);
    case 'forecasting':
      return readSeries(config);
    case 'multi-task':
      return readSeveral(config, source);
  }
}

/** Pairs that are looked at where not all are held. */
const LOOKED_AT = 100_000;

async function readPairs(
  config: PairConfig | CtcConfig,
  { badRows, cleaner, known }: DataSource,
): Promise<TaskReading> {
  const partly = config.task === 'sequence-to-sequence' && config.data.onDisk;
  const examples = await readExamples(config, badRows, cleaner, partly ? LOOKED_AT : undefined);
  const { built: task, refusal } = await attempt(() =>
    config.task === 'ctc' ? buildCtcTask(config, examples, known) : buildPairTask(config, examples, known),
  );
  const all = task && (await encodeAll(config, examples, task.encoding));
  const { source, target } = task?.encoding ?? buildEncodings(config, textsOf(examples.train));
  const tally = new LeftOutTally();
  const leftOut = new Map<Example, Set<string>>();
  for (const [part, { example, reference, reason }] of all?.leftOut ?? []) {
    const limits = part === 'train' || config.task === 'ctc' ? 'data.limits' : 'the model has no positions';
    const why =
      reason === 'too-long'
        ? `too long (${limits})`
        : 'the source is too short for CTC to align the target with (data.limits)';
    const { origin } = example;
    tally.add({ part, unit: 'pair', reason: why }, { origin, texts: [example.source, reference] });
    leftOut.set(example, (leftOut.get(example) ?? new Set()).add(reference));
  }
  const kept = byPart((part) => all?.encoded[part]?.examples ?? examples[part]);
  const referencesOf = (example: Example) =>
    example.references.filter((reference) => !leftOut.get(example)?.has(reference));
  const targets = each(kept, (rows) => rows.flatMap(referencesOf));
  const watched = task ? task.heldOut.validation : config.training.validation.examples;
  const parts: DataParts = {
    unit: 'source',
    counts: countsOf(kept),
    used: { unit: 'pair', counts: countsOf(targets) },
    ...watchedOf(watched, kept.validation.length),
    ...(task && { leftOut: tally.all }),
    ...(partly && {
      form: `the first ${groupDigits(LOOKED_AT)} pairs at most, since the data are on the disk (data.onDisk); training reads all of them`,
    }),
    texts: [
      {
        name: 'source',
        parts: each(kept, (rows) => rows.map((row) => row.source)),
        units: tokenUnits(source),
      },
      {
        name: 'target',
        parts: targets,
        units: tokenUnits(target),
        at: (i) => referencesOf(kept.train[i]!)[0]!,
      },
    ],
    ...(canJoin(config.data.split) && { grouping: 'component' }),
  };
  return { parts: [parts], data: task, refusal };
}

/** All pairs as the model reads them; of the validation part training encodes only those that it watches. */
async function encodeAll(
  config: PairConfig | CtcConfig,
  examples: Readonly<Record<SplitName, readonly Example[]>>,
  known: PairEncoding,
) {
  const encode = (some: typeof examples) => {
    const leftOut: Parameters<OnLeftOutPair>[] = [];
    const options = { known, onLeftOut: (...pair: Parameters<OnLeftOutPair>) => void leftOut.push(pair) };
    const encoded =
      config.task === 'ctc' ? encodeCtcParts(config, some, options) : encodePairParts(config, some, options);
    return { encoded, leftOut };
  };
  // What it does not watch may be what it could not read.
  return (await attempt(() => encode(examples))).built ?? encode({ ...examples, validation: [] });
}

async function readDocuments(
  config: LanguageConfig,
  { badRows, cleaner, known }: DataSource,
): Promise<TaskReading> {
  const examples = await readTexts(config, badRows, cleaner);
  const { built, refusal } = await attempt(() => buildLanguageTask(config, examples, known));
  const kept = byPart((part) => (built ? (built.parts[part]?.examples ?? []) : examples[part]));
  const tally = new LeftOutTally();
  for (const part of splitNames) {
    const stayed = new Set(kept[part]);
    for (const example of examples[part])
      if (!stayed.has(example))
        tally.add(
          { part, unit: 'text', reason: 'longer than model.contextLength (data.source.onTooLong)' },
          { ...example, texts: [example.text] },
        );
  }
  const texts = each(kept, (rows) => rows.map(({ text }) => text));
  const units = built ? tokenUnits(built.encoding) : unitsOf(config, texts.train);
  const parts: DataParts = {
    unit: 'text',
    counts: countsOf(kept),
    ...(built && {
      used: { unit: 'token', counts: byPart((part) => built.parts[part]?.tokens ?? 0) },
      leftOut: tally.all,
    }),
    texts: [{ name: 'text', parts: texts, units }],
    ...groupingOf(config),
  };
  return { parts: [parts], data: built, refusal };
}

async function readWholeTexts(
  config: MaskedLanguageConfig | DenoisingConfig,
  { badRows, cleaner, known }: DataSource,
): Promise<TaskReading> {
  const examples = await readTexts(config, badRows, cleaner);
  const { built, refusal } = await attempt(() =>
    config.task === 'denoising'
      ? buildDenoisingTask(config, examples, known)
      : buildMaskedLanguageTask(config, examples, known),
  );
  const texts = each(examples, (rows) => rows.map(({ text }) => text));
  const units = built ? tokenUnits(built.encoding) : unitsOf(config, texts.train);
  const counts = countsOf(examples);
  const parts: DataParts = {
    unit: 'text',
    counts,
    ...watchedOf(config.training.validation.examples, counts.validation),
    texts: [{ name: 'text', parts: texts, units }],
    ...groupingOf(config),
  };
  return { parts: [parts], data: built, refusal };
}

async function readClassified(
  config: ClassificationConfig,
  { badRows, cleaner, known }: DataSource,
): Promise<TaskReading> {
  const data = await readLabelled(config, badRows, cleaner);
  const { built, refusal } = await attempt(() => buildClassificationTask(config, data, known));
  const partsOf = (): DataParts => {
    if ('images' in data)
      return imageParts(data.images, 'recordings' in config.data.source ? 'recording' : 'image');
    const units = rowUnits(config, built?.encoding, learntTexts(labelledRows(data, 'train')!));
    return 'texts' in data
      ? labelledParts(data.texts, config, units!)
      : labelledRowParts(data.rows, config, units);
  };
  return { parts: [withWatched(partsOf(), config)], data: built, refusal };
}

async function readManyLabelled(
  config: MultiLabelConfig,
  { badRows, cleaner, known }: DataSource,
): Promise<TaskReading> {
  const data = await readMultiLabel(config, badRows, cleaner);
  const { built, refusal } = await attempt(() => buildMultiLabelTask(config, data, known));
  const units = rowUnits(config, built?.encoding, learntTexts(data.train));
  const { labelSeparator } = config.data;
  const labels = each(data, (rows) => rows.labels.flatMap((cell) => labelsIn(cell, labelSeparator)));
  const parts = labelledRowParts(data, config, units, labels);
  return { parts: [withWatched(parts, config)], data: built, refusal };
}

async function readTags(
  config: TaggingConfig,
  { badRows, cleaner, known }: DataSource,
): Promise<TaskReading> {
  const data = await readTagged(config.data, badRows, cleaner);
  const { built, refusal } = await attempt(() => buildTaggingTask(config, data, known));
  const learnt = data.train.map(({ text }) => text);
  const units = built ? tokenUnits(built.encoding) : unitsOf(config, learnt);
  const parts = withWatched(taggedParts(data, config, units), config);
  return { parts: [parts], data: built, refusal };
}

async function readValues(
  config: RegressionConfig,
  { badRows, cleaner, known }: DataSource,
): Promise<TaskReading> {
  const data = await readValued(config, badRows, cleaner);
  const { built, refusal } = await attempt(() => buildRegressionTask(config, data, known));
  const { texts, contexts = [] } = data.train;
  const encoding = built?.encoding.text;
  const units = encoding ? tokenUnits(encoding) : texts && unitsOf(config, [...texts, ...contexts]);
  const valued = rowParts(data, config.data.scaling, units);
  const parts = withWatched({ ...valued, ...(units && groupingOf(config)) }, config);
  return { parts: [parts], data: built, refusal };
}

async function readSeries(config: ForecastingConfig): Promise<TaskReading> {
  const table = await readNumbers(config.data.source.file, config.data.source);
  const { built, refusal } = await attempt(() => buildForecastingTask(config, table));
  const windows = built && byPart((part) => built[part]?.count ?? 0);
  const parts = {
    ...seriesRows(config, table, windows),
    ...watchedOf(config.training.validation.examples, windows?.validation ?? 0),
  };
  return { parts: [parts], data: built, refusal };
}

async function readSeveral(
  config: MultiTaskConfig,
  { badRows, cleaners, known }: DataSource,
): Promise<TaskReading> {
  const given = await readTasks(config, badRows, cleaners);
  const { built, refusal } = await attempt(() => buildMultiTask(config, given, known));
  const { clean } = Object.values(config.tasks)[0]!.data;
  const { tasks } = withoutHeldOut(given, tokenizers[config.text.tokenizer]);
  const units = tokenUnits(
    built?.encoding ?? chooseEncoding('text', config.text, trainingTexts(tasks), { clean }),
  );
  const parts = Object.entries(tasks).map(([task, own]): DataParts => {
    const { data } = config.tasks[task]!;
    const tally = new LeftOutTally();
    const reason = 'a task is validated or tested on it';
    for (const { text, origin } of leftOutTexts(given[task]!, own))
      tally.add({ part: 'train', unit: 'text', reason }, { origin, texts: [text] });
    return {
      ...withWatched(taskParts(config, task, own, { data, text: config.text }, units), config),
      leftOut: tally.all,
      task,
    };
  });
  return { parts, data: built, refusal };
}

function taskParts(
  config: MultiTaskConfig,
  name: string,
  own: TaskData,
  reading: Reading,
  units: TextUnits,
): DataParts {
  switch (own.task) {
    case 'classification':
      return labelledParts(own.data, reading, units);
    case 'tagging':
      return taggedParts(own.data, reading, units);
    case 'regression':
      return {
        ...rowParts(own.data, asRegression(config, name).data.scaling, units),
        ...groupingOf(reading),
      };
  }
}

/** Whether pairs could be kept together by equal texts of either side. */
function canJoin({ groupBy, orderBy }: SplitBy): boolean {
  return typeof groupBy !== 'object' && groupBy !== 'component' && !orderBy;
}

function withWatched(
  parts: DataParts,
  { training }: { readonly training: { readonly validation: { readonly examples?: number | undefined } } },
): DataParts {
  return { ...parts, ...watchedOf(training.validation.examples, parts.counts.validation) };
}
