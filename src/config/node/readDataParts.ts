import type { BadRows } from '../../data/badRows.js';
import type { LabelledText } from '../../data/labelled.js';
import { readNumbers } from '../../data/node/numbers.js';
import { byPart, type SplitName } from '../../data/split.js';
import type { TextNormalization } from '../../text/normalization.js';
import { tokenizers, wordTokenizer } from '../../text/tokenizer.js';
import { chooseEncoding } from '../chooseEncoding.js';
import type { BagConfig } from '../classificationSchema.js';
import type { TextConfig } from '../dataSchema.js';
import type { DataParts } from '../dataSummary.js';
import { splitRows } from '../forecastingTask.js';
import type { LabelledRows } from '../labelledRows.js';
import { learnBag } from '../learnBag.js';
import { trainingTexts } from '../multiTask.js';
import { labelsIn } from '../multiLabelTask.js';
import { buildEncodings } from '../pairTask.js';
import type { Config } from '../schema.js';
import { rowOf, type Columns, type TableInputs } from '../tableInputs.js';
import { withoutHeldOut, type TaskData } from '../taskData.js';
import { termUnits, tokenUnits, type TextUnits } from '../textUnits.js';
import type { ValuedExamples } from '../valuedExamples.js';
import type { Cleaners } from './cleanTexts.js';
import { readExamples } from './readExamples.js';
import { readLabelled } from './readLabelled.js';
import { readMultiLabel } from './readMultiLabel.js';
import { readTagged } from './readTagged.js';
import { readTasks } from './readTasks.js';
import { readTexts } from './readTexts.js';
import { readValued } from './readValued.js';

type Split<T> = Readonly<Record<SplitName, T>>;

/**
 * Reads the data of a configuration as training does, cleaned and split; of several tasks those of each. Tokenizers are
 * trained on the training part; those of a run to start from are not heeded.
 * @throws UserError naming the file and the line.
 */
export async function readDataParts(
  config: Config,
  badRows: BadRows,
  cleaners: Cleaners,
): Promise<DataParts[]> {
  const cleaner = cleaners[''];
  switch (config.task) {
    case 'sequence-to-sequence':
    case 'ctc': {
      const parts = await readExamples(config, badRows, cleaner);
      const { source, target } = buildEncodings(config, parts.train);
      return [
        {
          unit: 'source',
          counts: countsOf(parts),
          texts: [
            {
              name: 'source',
              parts: each(parts, (rows) => rows.map((row) => row.source)),
              units: tokenUnits(source),
            },
            {
              name: 'target',
              parts: each(parts, (rows) => rows.flatMap(({ references }) => references)),
              units: tokenUnits(target),
              at: (i) => parts.train[i]!.references[0]!,
            },
          ],
          ...(config.data.split.groupBy !== 'component' && { grouping: 'component' }),
        },
      ];
    }
    case 'language-model':
    case 'masked-language-model':
    case 'denoising': {
      const parts = await readTexts(config, badRows, cleaner);
      const texts = each(parts, (rows) => rows.map(({ text }) => text));
      const units = unitsOf(config, texts.train);
      return [{ unit: 'text', counts: countsOf(parts), texts: [{ name: 'text', parts: texts, units }] }];
    }
    case 'classification': {
      const data = await readLabelled(config, badRows, cleaner);
      const { encoder } = config.model;
      const bag = encoder.type === 'bag-of-words' ? encoder : undefined;
      if ('images' in data) {
        const labels = each(data.images, (images) => images.labels);
        return [
          { unit: 'image', counts: countsOf(labels), texts: [], labels: { name: 'label', parts: labels } },
        ];
      }
      if ('rows' in data) {
        const { texts } = data.rows.train;
        return [labelledRowParts(data.rows, config, texts && unitsOf(config, texts))];
      }
      const learnt = data.texts.train.flatMap(({ text, context = [] }) => [text].concat(context));
      return [labelledParts(data.texts, config, unitsOf(config, learnt, bag))];
    }
    case 'multi-label': {
      const parts = await readMultiLabel(config, badRows, cleaner);
      const { encoder } = config.model;
      const { texts, contexts } = parts.train;
      const learnt = texts?.flatMap((text, i) => [text, ...(contexts ? [contexts[i]!] : [])]);
      const units = learnt && unitsOf(config, learnt, encoder.type === 'bag-of-words' ? encoder : undefined);
      const names = each(parts, ({ labels }) =>
        labels.flatMap((cell) => labelsIn(cell, config.data.labelSeparator)),
      );
      return [{ ...labelledRowParts(parts, config, units), labels: { name: 'label', parts: names } }];
    }
    case 'tagging': {
      const parts = await readTagged(config.data, badRows, cleaner);
      const learnt = parts.train.map(({ text }) => text);
      return [taggedParts(parts, config, unitsOf(config, learnt))];
    }
    case 'regression': {
      const parts = await readValued(config, badRows, cleaner);
      const { texts, contexts = [] } = parts.train;
      return [valuedParts(parts, texts && unitsOf(config, [...texts, ...contexts]))];
    }
    case 'forecasting': {
      const { names, values, origins } = await readNumbers(config.data.source.file, config.data.source);
      const rows = splitRows(config, origins.length);
      const parts = each(rows, ([from, to]) => values.subarray(from * names.length, to * names.length));
      const counts = each(rows, ([from, to]) => to - from);
      return [{ unit: 'row', counts, texts: [], values: { names, parts } }];
    }
    case 'multi-task': {
      const tasks = await readTasks(config, badRows, cleaners);
      const { clean } = Object.values(config.tasks)[0]!.data;
      const kept = withoutHeldOut(tasks, tokenizers[config.text.tokenizer]).tasks;
      const units = tokenUnits(chooseEncoding('text', config.text, trainingTexts(kept), { clean }));
      return Object.entries(tasks).map(([name, own]) => {
        const { data } = config.tasks[name]!;
        return { ...taskParts(own, { data, text: config.text }, units), task: name };
      });
    }
  }
}

/** What of a configuration says how texts become tokens. */
interface Reading {
  readonly text: TextConfig;
  readonly data: {
    readonly clean?: TextNormalization | undefined;
    readonly split: { readonly seed: number; readonly groupBy?: unknown };
  };
}

function taskParts(own: TaskData, config: Reading, units: TextUnits): DataParts {
  switch (own.task) {
    case 'classification':
      return labelledParts(own.data, config, units);
    case 'tagging':
      return taggedParts(own.data, config, units);
    case 'regression':
      return valuedParts(own.data, units);
  }
}

function labelledParts(parts: Split<readonly LabelledText[]>, config: Reading, units: TextUnits): DataParts {
  const texts = each(parts, (rows) => rows.map(({ text }) => text));
  const contexts = each(parts, (rows) => rows.flatMap(({ context }) => context ?? []));
  return {
    unit: 'text',
    counts: countsOf(parts),
    texts: [
      { name: 'text', parts: texts, units },
      ...(contexts.train.length > 0 ? [{ name: 'context', parts: contexts, units }] : []),
    ],
    labels: { name: 'label', parts: each(parts, (rows) => rows.map(({ label }) => label)) },
    ...groupingOf(config),
  };
}

function taggedParts(parts: Split<readonly LabelledText[]>, config: Reading, units: TextUnits): DataParts {
  const texts = each(parts, (rows) => rows.map(({ text }) => text));
  const tags = each(parts, (rows) => rows.flatMap(({ label }) => wordTokenizer.tokenize(label)));
  return {
    unit: 'text',
    counts: countsOf(parts),
    texts: [{ name: 'text', parts: texts, units }],
    labels: { name: 'tag', parts: tags },
    ...groupingOf(config),
  };
}

/** @param units undefined where no texts are read. */
function labelledRowParts(
  parts: Split<LabelledRows>,
  config: Reading,
  units: TextUnits | undefined,
): DataParts {
  return {
    ...inputParts(parts, units, ({ features }) => (features ? [features] : [])),
    labels: { name: 'label', parts: each(parts, ({ labels }) => labels) },
    ...(units && groupingOf(config)),
  };
}

/** @param units undefined where no texts are read. */
function valuedParts(parts: Split<ValuedExamples>, units: TextUnits | undefined): DataParts {
  return inputParts(parts, units, ({ features, values }) => [...(features ? [features] : []), values]);
}

/** @param columnsOf the numbers of a part. */
function inputParts<Rows extends TableInputs>(
  parts: Split<Rows>,
  units: TextUnits | undefined,
  columnsOf: (part: Rows) => readonly Columns[],
): DataParts {
  const texts = each(parts, (part) => part.texts ?? []);
  const names = columnsOf(parts.train).flatMap((columns) => columns.names);
  const rows = (part: Rows) => {
    const columns = columnsOf(part);
    return Float64Array.from(part.origins.flatMap((_, i) => columns.flatMap((own) => [...rowOf(own, i)])));
  };
  return {
    unit: 'example',
    counts: each(parts, ({ origins }) => origins.length),
    texts: units ? [{ name: 'text', parts: texts, units }] : [],
    ...(names.length > 0 && { values: { names, parts: each(parts, rows) } }),
  };
}

/** What a model sees of texts whose vocabulary is learnt from some. */
function unitsOf({ text, data: { clean } }: Reading, texts: readonly string[], bag?: BagConfig): TextUnits {
  return bag
    ? termUnits(learnBag(texts, bag, clean ?? {}))
    : tokenUnits(chooseEncoding('text', text, texts, { clean }));
}

function groupingOf({ data }: Reading): { grouping?: string } {
  return data.split.groupBy === 'text' ? { grouping: 'normalized' } : {};
}

function each<From, To>(parts: Split<From>, of: (part: From) => To): Split<To> {
  return byPart((part) => of(parts[part]));
}

function countsOf(parts: Split<{ readonly length: number }>): Split<number> {
  return each(parts, ({ length }) => length);
}
