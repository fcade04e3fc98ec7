import { findLeaks, type Leak } from '../data/leaks.js';
import { byPart, splitNames, type SplitName } from '../data/split.js';
import type { TextUnits } from './textUnits.js';

type ByPart<T> = Readonly<Record<SplitName, T>>;

/** Texts of one kind, part by part, and what a model sees of them. */
export interface TextsByPart {
  readonly name: string;
  readonly parts: ByPart<readonly string[]>;
  readonly units: TextUnits;
  /** The text of a training example; by default the one at its place. */
  readonly at?: (example: number) => string;
}

/** The data of a configuration as they are trained on, after cleaning and splitting. */
export interface DataParts {
  /** Of several tasks, the name of the one. */
  readonly task?: string;
  /** What one example is. */
  readonly unit: string;
  readonly counts: ByPart<number>;
  readonly texts: readonly TextsByPart[];
  /** Classes, one per example; tags, one per token. */
  readonly labels?: { readonly name: string; readonly parts: ByPart<readonly string[]> };
  /** Row by row. [rows · columns] */
  readonly values?: { readonly names: readonly string[]; readonly parts: ByPart<Float64Array> };
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

export interface DataSummary {
  readonly task?: string;
  readonly unit: string;
  readonly counts: ByPart<number>;
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
  readonly grouping?: string;
}

/** Counts, lengths, labels and leaks of data. */
export function summarizeData({
  task,
  unit,
  counts,
  texts,
  labels,
  values,
  grouping,
}: DataParts): DataSummary {
  return {
    ...(task !== undefined && { task }),
    unit,
    counts,
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
    ...(grouping !== undefined && { grouping }),
  };
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
