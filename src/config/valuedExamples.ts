import type { SplitMarks } from '../data/splitMarks.js';

/** Columns of numbers, row by row. */
export interface Columns {
  readonly names: readonly string[];
  /** [rows · columns] */
  readonly values: Float64Array;
}

/** What a regressor learns from: texts or features, and values. */
export interface ValuedExamples {
  /** Undefined where features alone are read. */
  readonly texts: readonly string[] | undefined;
  /** Second texts, where they are the context of the first. */
  readonly contexts?: readonly string[] | undefined;
  /** Beside texts they are their context. */
  readonly features: Columns | undefined;
  readonly values: Columns;
  /** What each is split by, where columns of that are. */
  readonly marks?: readonly SplitMarks[] | undefined;
  /** Where each stands, for messages. */
  readonly origins: readonly string[];
}

/** The rows that are wanted, in their order. */
export function someValued(all: ValuedExamples, wanted: (row: number) => boolean): ValuedExamples {
  const rows = <T>(items: readonly T[]) => items.filter((_, i) => wanted(i));
  const columns = ({ names, values }: Columns) => ({
    names,
    values: values.filter((_, i) => wanted(Math.floor(i / names.length))),
  });
  return {
    texts: all.texts && rows(all.texts),
    contexts: all.contexts && rows(all.contexts),
    features: all.features && columns(all.features),
    values: columns(all.values),
    marks: all.marks && rows(all.marks),
    origins: rows(all.origins),
  };
}
