/**
 * Examples, and a metric of any choice of them in which some may come several times: what resampling measures over and
 * over.
 */
export interface Measurable<E = unknown> {
  readonly examples: readonly E[];
  /**
   * How many examples that follow each other are drawn together, as they depend on each other: of forecasts, whose windows
   * overlap, at least window + horizon; 1 by default.
   */
  readonly block?: number;
  measure(examples: readonly E[]): number;
}

/** A metric that is a figure of sums over examples, so that each is looked at once however often it is drawn. */
export interface SumMetric<E> {
  /** What an example adds to the sums. */
  row(example: E): readonly number[];
  /** What the sums say. */
  figure(sums: readonly number[]): number;
}

/** Σ over rows of equal length. @throws RangeError without a row. */
export function sumRows(rows: readonly (readonly number[])[]): number[] {
  if (rows.length === 0) throw new RangeError('a metric needs at least one example');
  const sums = new Array<number>(rows[0]!.length).fill(0);
  for (const row of rows) for (let i = 0; i < sums.length; i++) sums[i]! += row[i]!;
  return sums;
}

/** The metric over all examples. @throws RangeError without an example. */
export function figureOf<E>({ row, figure }: SumMetric<E>, examples: readonly E[]): number {
  return figure(sumRows(examples.map((example) => row(example))));
}

/** The metric over any choice of examples, which are looked at once. */
export function measurable<E>(
  { row, figure }: SumMetric<E>,
  examples: readonly E[],
): Measurable<readonly number[]> {
  return {
    examples: examples.map((example) => row(example)),
    measure: (rows) => figure(sumRows(rows)),
  };
}
