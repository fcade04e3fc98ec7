import { requireOptions } from '../tensor/requireOptions.js';
import { UserError } from '../tensor/errors.js';

/** (x − shift) ÷ scale, variable by variable: fitted on the training data alone, and inverted on what a model says. */
export abstract class ColumnScaler {
  /** @throws UserError unless there is a scale above 0 for each shift. */
  protected constructor(
    private readonly shifts: readonly number[],
    private readonly scales: readonly number[],
    /** What shifts and scales are called, for messages. */
    names: { readonly shifts: string; readonly scales: string },
  ) {
    const listed = (name: string, values: readonly number[]) =>
      Object.fromEntries(values.map((value, v) => [`${name}[${v}]`, value]));
    requireOptions(this, 'a finite number', listed(names.shifts, shifts));
    requireOptions(this, 'a finite number above 0', listed(names.scales, scales));
    if (shifts.length !== scales.length || shifts.length === 0)
      throw new UserError(
        `${this.constructor.name}: there are ${shifts.length} ${names.shifts}, but ${scales.length} ${names.scales}. Give one of each per variable.`,
      );
  }

  get variables(): number {
    return this.shifts.length;
  }

  /** Values as a model takes them. @throws UserError unless they are whole rows. */
  transform(values: ArrayLike<number>): Float32Array {
    return this.map(values, (x, v) => (x - this.shifts[v]!) / this.scales[v]!);
  }

  /** What a model says, in the unit of the data. @throws UserError unless it is whole rows. */
  invert(values: ArrayLike<number>): Float32Array {
    return this.map(values, (x, v) => x * this.scales[v]! + this.shifts[v]!);
  }

  /**
   * Scaled values as another scaler would have scaled them, without the way over the unit of the data, whose digits a
   * float32 may not hold. @throws UserError unless they are whole rows.
   */
  rescale(values: ArrayLike<number>, other: ColumnScaler): Float32Array {
    return this.map(values, (x, v) => {
      const [shift, scale] = [other.shifts[v]!, other.scales[v]!];
      return x * (this.scales[v]! / scale) + (this.shifts[v]! - shift) / scale;
    });
  }

  private map(values: ArrayLike<number>, change: (x: number, variable: number) => number): Float32Array {
    requireRows(this.constructor.name, values, this.variables);
    return Float32Array.from(values, (x, i) => change(x, i % this.variables));
  }
}

/**
 * The known values of each variable of rows that stand end to end; NaN is left out.
 * @throws UserError unless the values are whole rows, with a number for each variable.
 */
export function knownColumns(owner: string, values: ArrayLike<number>, variables: number): Float64Array[] {
  requireOptions(owner, 'a whole number from 1', { variables });
  requireRows(owner, values, variables);
  return Array.from({ length: variables }, (_, v) => {
    const known: number[] = [];
    for (let i = v; i < values.length; i += variables) if (!Number.isNaN(values[i]!)) known.push(values[i]!);
    if (known.length === 0) throw new UserError(`${owner}: variable ${v + 1} has no value to be fitted on.`);
    return Float64Array.from(known);
  });
}

function requireRows(owner: string, { length }: ArrayLike<number>, variables: number): void {
  if (length === 0 || length % variables !== 0)
    throw new UserError(`${owner}: ${length} values do not make up rows of ${variables}.`);
}
