import { ColumnScaler, knownColumns } from './columnScaler.js';

/** (x − mean) ÷ deviation, variable by variable. */
export class StandardScaler extends ColumnScaler {
  /** @throws UserError unless there is a deviation above 0 for each mean. */
  constructor(
    /** [variables] */
    readonly means: readonly number[],
    /** [variables]: √ of the mean squared deviation. */
    readonly deviations: readonly number[],
  ) {
    super(means, deviations, { shifts: 'means', scales: 'deviations' });
  }

  /**
   * Means and deviations of rows of variables, end to end; NaN is left out. A variable that never changes is only shifted.
   * @throws UserError unless the values are whole rows, with a number for each variable.
   */
  static fit(values: ArrayLike<number>, variables = 1): StandardScaler {
    const columns = knownColumns('StandardScaler', values, variables).map((known) => {
      // Sums of equal numbers round, and what is left over is no deviation.
      if (known.every((value) => value === known[0])) return { mean: known[0]!, deviation: 1 };
      const mean = known.reduce((a, b) => a + b) / known.length;
      const variance = known.reduce((total, x) => total + (x - mean) ** 2, 0) / known.length;
      return { mean, deviation: Math.sqrt(variance) || 1 };
    });
    return new StandardScaler(
      columns.map(({ mean }) => mean),
      columns.map(({ deviation }) => deviation),
    );
  }
}
