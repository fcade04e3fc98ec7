import { ColumnScaler, knownColumns } from './columnScaler.js';

/** (x − least) ÷ (largest − least), variable by variable: what it was fitted on lies from 0 to 1. */
export class MinMaxScaler extends ColumnScaler {
  /** @throws UserError unless there is a range above 0 for each minimum. */
  constructor(
    /** [variables] */
    readonly minima: readonly number[],
    /** [variables]: largest − least. */
    readonly ranges: readonly number[],
  ) {
    super(minima, ranges, { shifts: 'minima', scales: 'ranges' });
  }

  /**
   * Minima and ranges of rows of variables, end to end; NaN is left out. A variable that never changes is only shifted.
   * @throws UserError unless the values are whole rows, with a number for each variable.
   */
  static fit(values: ArrayLike<number>, variables = 1): MinMaxScaler {
    const columns = knownColumns('MinMaxScaler', values, variables).map((known) => {
      const least = known.reduce((a, b) => Math.min(a, b));
      const most = known.reduce((a, b) => Math.max(a, b));
      return { least, range: most - least || 1 };
    });
    return new MinMaxScaler(
      columns.map(({ least }) => least),
      columns.map(({ range }) => range),
    );
  }
}
