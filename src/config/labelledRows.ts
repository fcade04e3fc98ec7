import type { LabelledText } from '../data/labelled.js';
import { someInputs, type TableInputs } from './tableInputs.js';

/** What a classifier learns from in a table: texts or features, and a class for each row. */
export interface LabelledRows extends TableInputs {
  readonly labels: readonly string[];
}

/** The rows that are wanted, in their order. */
export function someLabelled(all: LabelledRows, wanted: (row: number) => boolean): LabelledRows {
  return { ...someInputs(all, wanted), labels: all.labels.filter((_, i) => wanted(i)) };
}

/** Labelled texts, column by column. */
export function rowsOfTexts(examples: readonly LabelledText[]): LabelledRows {
  const contexts = examples.flatMap(({ context }) => context ?? []);
  return {
    texts: examples.map(({ text }) => text),
    contexts: contexts.length > 0 ? contexts : undefined,
    features: undefined,
    labels: examples.map(({ label }) => label),
    origins: examples.map(({ origin }) => origin),
  };
}
