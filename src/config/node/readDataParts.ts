import type { BadRows } from '../../data/badRows.js';
import type { LabelledText } from '../../data/labelled.js';
import { readNumbers } from '../../data/node/numbers.js';
import { byPart, type SplitName } from '../../data/split.js';
import type { TextNormalization } from '../../text/normalization.js';
import { wordTokenizer } from '../../text/tokenizer.js';
import { chooseEncoding } from '../chooseEncoding.js';
import type { BagConfig } from '../classificationSchema.js';
import type { TextConfig } from '../dataSchema.js';
import type { DataParts, TextsByPart } from '../dataSummary.js';
import { splitRows } from '../forecastingTask.js';
import { learnBag } from '../learnBag.js';
import { buildEncodings } from '../pairTask.js';
import type { Config } from '../schema.js';
import type { TaskData } from '../taskData.js';
import { termUnits, tokenUnits } from '../textUnits.js';
import type { ValuedExamples } from '../valuedExamples.js';
import type { Cleaners } from './cleanTexts.js';
import { readExamples } from './readExamples.js';
import { readLabelled } from './readLabelled.js';
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
      return [{ unit: 'text', counts: countsOf(parts), texts: [withUnits('text', texts, config)] }];
    }
    case 'classification': {
      const data = await readLabelled(config, badRows, cleaner);
      const { encoder } = config.model;
      const bag = encoder.type === 'bag-of-words' ? encoder : undefined;
      if ('texts' in data) return [labelledParts(data.texts, config, bag)];
      const labels = each(data.images, (images) => images.labels);
      return [
        { unit: 'image', counts: countsOf(labels), texts: [], labels: { name: 'label', parts: labels } },
      ];
    }
    case 'tagging':
      return [taggedParts(await readTagged(config.data, badRows, cleaner), config)];
    case 'regression':
      return [valuedParts(await readValued(config, badRows, cleaner), config)];
    case 'forecasting': {
      const { names, values, origins } = await readNumbers(config.data.source.file, config.data.source);
      const rows = splitRows(config, origins.length);
      const parts = each(rows, ([from, to]) => values.subarray(from * names.length, to * names.length));
      const counts = each(rows, ([from, to]) => to - from);
      return [{ unit: 'row', counts, texts: [], values: { names, parts } }];
    }
    case 'multi-task': {
      const tasks = await readTasks(config, badRows, cleaners);
      return Object.entries(tasks).map(([name, own]) => {
        const { data } = config.tasks[name]!;
        return { ...taskParts(own, { data, text: config.text }), task: name };
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

function taskParts(own: TaskData, config: Reading): DataParts {
  switch (own.task) {
    case 'classification':
      return labelledParts(own.data, config);
    case 'tagging':
      return taggedParts(own.data, config);
    case 'regression':
      return valuedParts(own.data, config);
  }
}

function labelledParts(parts: Split<readonly LabelledText[]>, config: Reading, bag?: BagConfig): DataParts {
  const texts = each(parts, (rows) => rows.map(({ text }) => text));
  const contexts = each(parts, (rows) => rows.flatMap(({ context }) => context ?? []));
  return {
    unit: 'text',
    counts: countsOf(parts),
    texts: [
      withUnits('text', texts, config, bag),
      ...(contexts.train.length > 0 ? [withUnits('context', contexts, config)] : []),
    ],
    labels: { name: 'label', parts: each(parts, (rows) => rows.map(({ label }) => label)) },
    ...groupingOf(config),
  };
}

function taggedParts(parts: Split<readonly LabelledText[]>, config: Reading): DataParts {
  const texts = each(parts, (rows) => rows.map(({ text }) => text));
  const tags = each(parts, (rows) => rows.flatMap(({ label }) => wordTokenizer.tokenize(label)));
  return {
    unit: 'text',
    counts: countsOf(parts),
    texts: [withUnits('text', texts, config)],
    labels: { name: 'tag', parts: tags },
    ...groupingOf(config),
  };
}

function valuedParts(parts: Split<ValuedExamples>, config: Reading): DataParts {
  const texts = each(parts, (part) => part.texts ?? []);
  const { features, values } = parts.train;
  const names = [...(features?.names ?? []), ...values.names];
  const rows = (part: ValuedExamples) => {
    const columns = [...(part.features ? [part.features] : []), part.values];
    return Float64Array.from(
      part.origins.flatMap((_, i) =>
        columns.flatMap((own) => [...own.values.subarray(i * own.names.length, (i + 1) * own.names.length)]),
      ),
    );
  };
  return {
    unit: 'example',
    counts: each(parts, ({ origins }) => origins.length),
    texts: parts.train.texts ? [withUnits('text', texts, config)] : [],
    values: { names, parts: each(parts, rows) },
  };
}

function withUnits(
  name: string,
  parts: Split<readonly string[]>,
  { text, data: { clean } }: Reading,
  bag?: BagConfig,
): TextsByPart {
  const units = bag
    ? termUnits(learnBag(parts.train, bag, clean ?? {}))
    : tokenUnits(chooseEncoding('text', text, parts.train, { clean }));
  return { name, parts, units };
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
