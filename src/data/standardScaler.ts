import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';

/** (x − mean) ÷ deviation, variable by variable: fitted on the training data alone, and inverted on what a model says. */
export class StandardScaler {
  /** @throws UserError unless there is a deviation above 0 for each mean. */
  constructor(
    /** [variables] */
    readonly means: readonly number[],
    /** [variables]: √ of the mean squared deviation. */
    readonly deviations: readonly number[],
  ) {
    const variables = Object.fromEntries(means.map((mean, v) => [`means[${v}]`, mean]));
    requireOptions(this, 'a finite number', variables);
    const spread = Object.fromEntries(deviations.map((deviation, v) => [`deviations[${v}]`, deviation]));
    requireOptions(this, 'a finite number above 0', spread);
    if (means.length !== deviations.length || means.length === 0)
      throw new UserError(
        `StandardScaler: there are ${means.length} means, but ${deviations.length} deviations. Give one of each per variable.`,
      );
  }

  /**
   * Means and deviations of rows of variables, end to end; NaN is left out. A variable that never changes is only shifted.
   * @throws UserError unless the values are whole rows, with a number for each variable.
   */
  static fit(values: ArrayLike<number>, variables = 1): StandardScaler {
    requireOptions('StandardScaler', 'a whole number from 1', { variables });
    requireRows(values, variables);
    const columns = Array.from({ length: variables }, (_, v) => {
      const known: number[] = [];
      for (let i = v; i < values.length; i += variables)
        if (!Number.isNaN(values[i]!)) known.push(values[i]!);
      if (known.length === 0)
        throw new UserError(`StandardScaler: variable ${v + 1} has no value to be fitted on.`);
      const mean = known.reduce((a, b) => a + b) / known.length;
      const variance = known.reduce((total, x) => total + (x - mean) ** 2, 0) / known.length;
      return { mean, deviation: Math.sqrt(variance) || 1 };
    });
    return new StandardScaler(
      columns.map(({ mean }) => mean),
      columns.map(({ deviation }) => deviation),
    );
  }

  get variables(): number {
    return this.means.length;
  }

  /** Values as a model takes them. @throws UserError unless they are whole rows. */
  transform(values: ArrayLike<number>): Float32Array {
    return this.map(values, (x, v) => (x - this.means[v]!) / this.deviations[v]!);
  }

  /** What a model says, in the unit of the data. @throws UserError unless it is whole rows. */
  invert(values: ArrayLike<number>): Float32Array {
    return this.map(values, (x, v) => x * this.deviations[v]! + this.means[v]!);
  }

  private map(values: ArrayLike<number>, change: (x: number, variable: number) => number): Float32Array {
    requireRows(values, this.variables);
    return Float32Array.from(values, (x, i) => change(x, i % this.variables));
  }
}

function requireRows({ length }: ArrayLike<number>, variables: number): void {
  if (length === 0 || length % variables !== 0)
    throw new UserError(`StandardScaler: ${length} values do not make up rows of ${variables}.`);
}
