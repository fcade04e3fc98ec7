import { findEqualRows, type NumberRows } from '../data/equalRows.js';
import { findLeaks, type Leak } from '../data/leaks.js';
import { MinMaxScaler } from '../data/minMaxScaler.js';
import { byPart, splitNames, type SplitName } from '../data/split.js';
import type { Scaling } from './scaling.js';
import type { TextUnits } from './textUnits.js';

/** Something of each part. */
export type ByPart<T> = Readonly<Record<SplitName, T>>;

/** Texts of one kind, part by part, and what a model sees of them. */
export interface TextsByPart {
  readonly name: string;
  readonly parts: ByPart<readonly string[]>;
  readonly units: TextUnits;
  /** The text of a training example; by default the one at its place. */
  readonly at?: (example: number) => string;
}

/** Examples of a part that are left out after cleaning and splitting, for one reason. */
export interface LeftOut {
  readonly part: SplitName;
  /** What is counted: 'pair', 'text'. */
  readonly unit: string;
  readonly reason: string;
  readonly count: number;
  /** The first few, and where they stand. */
  readonly examples: readonly { readonly origin: string; readonly texts: readonly string[] }[];
}

/** Numbers that are scaled as the training part has them, and the first training row. */
export interface ScaledRow {
  readonly scaling: Scaling;
  /** In the unit of the data. */
  readonly row: ArrayLike<number>;
}

/** Examples as rows of numbers, of which none should stand in two parts. */
export interface ComparedRows {
  /** What is looked for: 'image'. */
  readonly noun: string;
  readonly parts: ByPart<NumberRows>;
  /** Rows that count together; 1 by default. */
  readonly length?: number;
  /** What people call it: the name of a file, a line. */
  readonly nameOf: (part: SplitName, row: number) => string;
}

/** The data of a configuration as they are trained on, after cleaning and splitting. */
export interface DataParts {
  /** Of several tasks, the name of the one. */
  readonly task?: string;
  /** What one example is. */
  readonly unit: string;
  readonly counts: ByPart<number>;
  /** What of them training goes through and figures are of, where that is counted in something else: pairs, tokens, windows. */
  readonly used?: { readonly unit: string; readonly counts: ByPart<number> };
  /** Validation examples that are measured while a model trains, where those are not all. */
  readonly watched?: number;
  readonly leftOut?: readonly LeftOut[];
  /** What examples are looked at, or how images and recordings become numbers, in words. */
  readonly form?: string;
  readonly texts: readonly TextsByPart[];
  /** Classes, one per example; tags, one per token; labels, of which an example may have none or several. */
  readonly labels?: {
    readonly name: string;
    readonly parts: ByPart<readonly string[]>;
    /** That of a training example, in words; by default the one at its place, where each example has one. */
    readonly at?: (example: number) => string;
  };
  /** Row by row. [rows · columns] */
  readonly values?: { readonly names: readonly string[]; readonly parts: ByPart<Float64Array> };
  readonly scaled?: readonly ScaledRow[];
  /** Of examples that are no texts. */
  readonly rows?: ComparedRows;
  /** What there is to say of a training example beside its texts and its label: names and what stands there. */
  readonly shown?: (example: number) => readonly (readonly [name: string, content: string])[];
  /** What keeps texts that are alike in one part, where it is not done yet. */
  readonly grouping?: string;
}

/** How values are spread. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly most: number;
  readonly mean: number;
  /** How many lie in each of twelve parts of the way from `least` to `p99`; the last has what is above, too. */
  readonly histogram: readonly number[];
}

export interface TextSummary {
  readonly name: string;
  /** Different tokens or terms, special tokens included, and what they are in words. */
  readonly vocabulary: number;
  readonly units: string;
  /** Undefined where a part is empty. */
  readonly characters: ByPart<Spread | undefined>;
  /** Undefined where a part is empty, and where they are the characters. */
  readonly tokens: ByPart<Spread | undefined>;
  /** Share of the tokens or terms that the model does not know. */
  readonly unknown: ByPart<number>;
  readonly leaks: readonly Leak[];
}

/** How a column is scaled, and a value of it before and after. */
export type ScaledColumn = { readonly name: string; readonly before: number; readonly after: number } & (
  { readonly mean: number; readonly deviation: number } | { readonly minimum: number; readonly range: number }
);

export interface DataSummary {
  readonly task?: string;
  readonly unit: string;
  readonly counts: ByPart<number>;
  readonly used?: { readonly unit: string; readonly counts: ByPart<number> };
  readonly watched?: number;
  readonly leftOut?: readonly LeftOut[];
  readonly form?: string;
  readonly texts: readonly TextSummary[];
  /** The most frequent first, by how often the training part has them. */
  readonly labels?: {
    readonly name: string;
    readonly counts: readonly { readonly label: string; readonly parts: ByPart<number> }[];
  };
  readonly values?: readonly {
    readonly name: string;
    readonly parts: ByPart<(Spread & { readonly deviation: number }) | undefined>;
  }[];
  /** Of numbers that are scaled. */
  readonly scaling?: readonly ScaledColumn[];
  /** Of examples that are no texts: what stands in two parts, by the names of both. */
  readonly leaks?: { readonly noun: string; readonly found: readonly Leak[] };
  readonly grouping?: string;
}

/** Counts, drops, lengths, labels, scaling and leaks of data. */
export function summarizeData(data: DataParts): DataSummary {
  const { task, unit, counts, used, watched, leftOut, form } = data;
  const { texts, labels, values, scaled, rows, grouping } = data;
  return {
    ...(task !== undefined && { task }),
    unit,
    counts,
    ...(used && { used }),
    ...(watched !== undefined && { watched }),
    ...(leftOut && { leftOut }),
    ...(form !== undefined && { form }),
    texts: texts.map(summarizeTexts),
    ...(labels && { labels: { name: labels.name, counts: countLabels(labels.parts) } }),
    ...(values && {
      values: values.names.map((name, column) => ({
        name,
        parts: byPart((part) => {
          const own = values.parts[part].filter((_, i) => i % values.names.length === column);
          const spread = spreadOf(own);
          return spread && { ...spread, deviation: deviation(own, spread.mean) };
        }),
      })),
    }),
    ...(scaled && { scaling: scaled.flatMap(scaledColumns) }),
    ...(rows && { leaks: { noun: rows.noun, found: findEqual(rows) } }),
    ...(grouping !== undefined && { grouping }),
  };
}

function scaledColumns({ scaling: { names, scaler }, row }: ScaledRow): ScaledColumn[] {
  const after = scaler.transform(row);
  return names.map((name, column) => ({
    name,
    ...(scaler instanceof MinMaxScaler
      ? { minimum: scaler.minima[column]!, range: scaler.ranges[column]! }
      : { mean: scaler.means[column]!, deviation: scaler.deviations[column]! }),
    before: row[column]!,
    after: after[column]!,
  }));
}

function findEqual({ parts, length, nameOf }: ComparedRows): Leak[] {
  return findEqualRows(parts, length).map(({ parts: [one, other], rows }) => ({
    parts: [one, other],
    texts: [nameOf(one, rows[0]), nameOf(other, rows[1])],
  }));
}

function summarizeTexts({ name, parts, units }: TextsByPart): TextSummary {
  const counts = byPart((part) =>
    parts[part].map((text) => {
      const own = units.of(text);
      return { all: own.length, unknown: units.unknown(own) };
    }),
  );
  const sum = (part: SplitName, key: 'all' | 'unknown') =>
    counts[part].reduce((total, each) => total + each[key], 0);
  return {
    name,
    vocabulary: units.count,
    units: units.name,
    characters: byPart((part) => spreadOf(parts[part].map((text) => [...text].length))),
    tokens: byPart((part) => (units.characters ? undefined : spreadOf(counts[part].map(({ all }) => all)))),
    unknown: byPart((part) => sum(part, 'unknown') / Math.max(1, sum(part, 'all'))),
    leaks: findLeaks(parts),
  };
}

const BINS = 12;

function spreadOf(values: ArrayLike<number>): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  const [least, p99] = [sorted[0]!, at(0.99)];
  const histogram = new Array<number>(BINS).fill(0);
  const width = (p99 - least) / BINS;
  for (const value of sorted) {
    const bin = width > 0 ? Math.min(BINS - 1, Math.floor((value - least) / width)) : 0;
    histogram[bin]!++;
  }
  const mean = sorted.reduce((a, b) => a + b) / sorted.length;
  return { least, median: at(0.5), p90: at(0.9), p99, most: sorted.at(-1)!, mean, histogram };
}

function deviation(values: Float64Array, mean: number): number {
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
}

function countLabels(parts: ByPart<readonly string[]>) {
  const counts = new Map<string, Record<SplitName, number>>();
  for (const part of splitNames)
    for (const label of parts[part]) {
      const known = counts.get(label) ?? { train: 0, validation: 0, test: 0 };
      known[part]++;
      counts.set(label, known);
    }
  return [...counts]
    .map(([label, own]) => ({ label, parts: own }))
    .sort((a, b) => b.parts.train - a.parts.train || (a.label < b.label ? -1 : 1));
}
