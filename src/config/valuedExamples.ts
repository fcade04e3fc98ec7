import { someColumns, someInputs, type Columns, type TableInputs } from './tableInputs.js';

/** What a regressor learns from: texts or features, and values. */
export interface ValuedExamples extends TableInputs {
  readonly values: Columns;
}

/** The rows that are wanted, in their order. */
export function someValued(all: ValuedExamples, wanted: (row: number) => boolean): ValuedExamples {
  return { ...someInputs(all, wanted), values: someColumns(all.values, wanted) };
}
