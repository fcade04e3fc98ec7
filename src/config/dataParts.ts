import type { NumberRows } from '../data/equalRows.js';
import type { LabelledImages, LabelledText } from '../data/labelled.js';
import type { NumberTable } from '../data/numberTable.js';
import { byPart, type SplitName } from '../data/split.js';
import type { SplitBy } from '../data/splitColumns.js';
import { counted } from '../formats/terminal.js';
import { wordTokenizer } from '../text/tokenizer.js';
import type { TextConfig } from './dataSchema.js';
import type { ByPart, DataParts, LeftOut } from './dataSummary.js';
import type { ForecastingConfig } from './forecastingSchema.js';
import { splitRows } from './forecastingTask.js';
import type { LabelledRows } from './labelledRows.js';
import { fitScaling, type Scaling, type ScalingType } from './scaling.js';
import type { TextNormalization } from '../text/normalization.js';
import { rowOf, type Columns, type TableInputs } from './tableInputs.js';
import type { TextUnits } from './textUnits.js';
import { shownValue } from './values.js';

/** What of a configuration says how texts become tokens. */
export interface Reading {
  readonly text: TextConfig;
  readonly data: {
    readonly clean?: TextNormalization | undefined;
    readonly split: SplitBy;
  };
}

/** Counts what is left out of each part, and remembers the first few of each reason. */
export class LeftOutTally {
  private readonly groups = new Map<string, LeftOut>();

  add(
    about: Pick<LeftOut, 'part' | 'unit' | 'reason'>,
    { origin, texts }: { readonly origin: string; readonly texts: readonly string[] },
  ): void {
    const key = [about.part, about.unit, about.reason].join('\t');
    const { count, examples } = this.groups.get(key) ?? { count: 0, examples: [] };
    const shown = count < SHOWN ? [...examples, { origin, texts }] : examples;
    this.groups.set(key, { ...about, count: count + 1, examples: shown });
  }

  get all(): LeftOut[] {
    return [...this.groups.values()];
  }
}

/** Examples of a reason that are kept, and columns of a row that are shown. */
const SHOWN = 3;
const COLUMNS = 8;

/** Labelled texts, perhaps with a context each. */
export function labelledParts(
  parts: ByPart<readonly LabelledText[]>,
  config: Reading,
  units: TextUnits,
): DataParts {
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

/** Texts whose label is their tags, between spaces. */
export function taggedParts(
  parts: ByPart<readonly LabelledText[]>,
  config: Reading,
  units: TextUnits,
): DataParts {
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

/** Labelled images, or recordings as pictures. */
export function imageParts(parts: ByPart<LabelledImages>, noun: 'image' | 'recording'): DataParts {
  const { channels, height, width } = parts.train;
  const labels = each(parts, (images) => images.labels);
  const nameOf = (part: SplitName, row: number) => parts[part].names?.[row] ?? `${noun} ${row + 1}`;
  const { seconds } = parts.train;
  const size = `${height} × ${width}`;
  return {
    unit: noun,
    counts: countsOf(labels),
    form:
      noun === 'image'
        ? `images of ${size} with ${counted(channels, 'channel')}, whose pixels are scaled to lie from 0 to 1`
        : `recordings as log-mel spectrograms of ${counted(height, 'band')} × ${counted(width, 'frame')}, each less its mean and divided by its deviation`,
    texts: [],
    labels: { name: 'label', parts: labels },
    rows: {
      noun,
      parts: each(parts, ({ values }) => ({ values, width: channels * height * width })),
      nameOf,
    },
    shown: (i) => [[noun, `${nameOf('train', i)}, ${seconds ? `${seconds[i]!.toFixed(2)} s` : size}`]],
  };
}

/** Rows of a part. */
type RowPart = TableInputs & { readonly values?: Columns };

/**
 * Rows of a table: texts or columns of numbers, and the values that are to be said of them, where those are.
 * @param units undefined where no texts are read.
 */
export function rowParts(parts: ByPart<RowPart>, type: ScalingType, units: TextUnits | undefined): DataParts {
  const { features, values, origins } = parts.train;
  const names = [...(features?.names ?? []), ...(values?.names ?? [])];
  const rows = (part: RowPart) => {
    const columns = [part.features, part.values].filter((own) => own !== undefined);
    return Float64Array.from(part.origins.flatMap((_, i) => columns.flatMap((own) => [...rowOf(own, i)])));
  };
  const texts = each(parts, (part) => part.texts ?? []);
  const contexts = each(parts, (part) => part.contexts ?? []);
  const scaled =
    origins.length > 0
      ? [
          ...(features ? [scaledColumns('features', features, type)] : []),
          ...(values ? [scaledColumns('values', values, type)] : []),
        ]
      : [];
  const featureRows = byPart((part): NumberRows => {
    const { names, values } = parts[part].features ?? { names: [], values: new Float64Array() };
    return { values, width: names.length };
  });
  const place = (part: SplitName, row: number) => placeOf(parts[part].origins[row]!);
  return {
    unit: 'example',
    counts: each(parts, (part) => part.origins.length),
    texts: units
      ? [
          { name: 'text', parts: texts, units },
          ...(contexts.train.length > 0 ? [{ name: 'context', parts: contexts, units }] : []),
        ]
      : [],
    ...(names.length > 0 && { values: { names, parts: each(parts, rows) } }),
    ...(scaled.length > 0 && {
      scaled: scaled.map(({ columns, scaling }) => ({ scaling, row: rowOf(columns, 0) })),
      shown: (i: number) => scaled.map((own) => [own.name, shownRow(own, i)] as const),
    }),
    ...(features && !units && { rows: { noun: 'feature row', parts: featureRows, nameOf: place } }),
  };
}

/**
 * Rows of a table that have labels.
 * @param units undefined where no texts are read.
 * @param labels of each part; by default one for each row.
 */
export function labelledRowParts(
  parts: ByPart<LabelledRows>,
  config: Reading & { readonly data: { readonly scaling: ScalingType } },
  units: TextUnits | undefined,
  labels: ByPart<readonly string[]> = each(parts, (rows) => rows.labels),
): DataParts {
  return {
    ...rowParts(parts, config.data.scaling, units),
    labels: { name: 'label', parts: labels, at: (i) => parts.train.labels[i]! },
    ...(units && groupingOf(config)),
  };
}

/** The rows of a series. @param windows of each part, where they are known. */
export function seriesRows(
  config: ForecastingConfig,
  { names, values, origins }: NumberTable,
  windows: ByPart<number> | undefined,
): DataParts {
  const { window, horizon } = config.model;
  const rows = splitRows(config, origins.length);
  const between = (from: number, to: number) => values.subarray(from * names.length, to * names.length);
  const parts = each(rows, ([from, to]) => between(from, to));
  // What is read may lie in the rows before a part.
  const starts = byPart((part) => (part === 'train' ? 0 : Math.max(0, rows[part][0] - window)));
  const read = byPart((part): NumberRows => {
    const [from, to] = rows[part];
    return { values: from < to ? between(starts[part], to) : between(0, 0), width: names.length };
  });
  const known = scaledColumns('rows', { names, values: parts.train }, config.data.scaling);
  return {
    unit: 'row',
    counts: each(rows, ([from, to]) => to - from),
    ...(windows && { used: { unit: 'window', counts: windows } }),
    texts: [],
    values: { names, parts },
    scaled: [{ scaling: known.scaling, row: rowOf(known.columns, 0) }],
    rows: {
      noun: 'window',
      parts: read,
      length: window + horizon,
      nameOf: (part, row) => `from ${placeOf(origins[starts[part] + row]!)} on`,
    },
    shown: (i) => [[placeOf(origins[i]!), shownRow(known, i)]],
  };
}

/** Columns, and how they are scaled as these training rows have them. */
interface ScaledColumns {
  readonly name: string;
  readonly columns: Columns;
  readonly scaling: Scaling;
}

function scaledColumns(name: string, columns: Columns, type: ScalingType): ScaledColumns {
  return { name, columns, scaling: fitScaling(columns, type) };
}

/** `rooms 3 → -0.41, metres 80 → 1.2`: what stands in a row, and what a model reads of it. */
function shownRow({ columns, scaling }: ScaledColumns, row: number): string {
  const before = rowOf(columns, row);
  const after = scaling.scaler.transform(before);
  const shown = columns.names
    .slice(0, COLUMNS)
    .map((name, i) => `${name} ${shownValue(before[i]!)} → ${shownValue(after[i]!)}`);
  return `${shown.join(', ')}${columns.names.length > COLUMNS ? ', …' : ''}`;
}

/** `line 12` of `words.tsv: line 12`. */
export function placeOf(origin: string): string {
  return origin.split(': ').at(-1)!;
}

/** What would keep alike texts together, unless rows are split by a column. */
export function groupingOf({ data }: Pick<Reading, 'data'>): { grouping?: string } {
  const { groupBy, orderBy } = data.split;
  return groupBy === 'text' && !orderBy ? { grouping: 'normalized' } : {};
}

/** Something of each part of the data. */
export function each<From, To>(parts: ByPart<From>, of: (part: From) => To): Record<SplitName, To> {
  return byPart((part) => of(parts[part]));
}

export function countsOf(parts: ByPart<{ readonly length: number }>): Record<SplitName, number> {
  return each(parts, ({ length }) => length);
}

/** What is measured while a model trains, where those are not all validation examples. */
export function watchedOf(wanted: number | undefined, all: number): Pick<DataParts, 'watched'> {
  return wanted === undefined || wanted >= all ? {} : { watched: wanted };
}
