import { exp, mul, square, sub } from '../../ops/elementwise.js';
import { sum } from '../../ops/reduce.js';
import { reshape } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { traceError, type Tensor } from '../../tensor/tensor.js';
import { gaussian, zeros, type Initializer } from '../initializers.js';
import { kMeans } from '../kMeans.js';
import { Module, Parameter } from '../module.js';

/**
 * Radial basis functions (Broomhead & Lowe 1988): φᵤ(x) = exp(−‖x − cᵤ‖² ÷ 2σᵤ²) with a centre c and a width σ per unit,
 * both learnt; log σ is the parameter, so that widths stay positive.  x [..., input] → φ [..., units], in (0, 1].
 */
export class RadialBasis extends Module {
  /** [units, input]; standard normal unless `startFrom` says otherwise. */
  readonly centres: Parameter;
  /** [units]: log σ; 0 unless `startFrom` says otherwise. */
  readonly logWidths: Parameter;
  private given: { centres: Float64Array; logWidths: Float64Array } | undefined;

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor(
    readonly inputSize: number,
    readonly units: number,
  ) {
    super();
    requireOptions(this, 'a whole number from 1', { inputSize, units });
    const from =
      (part: 'centres' | 'logWidths', drawn: Initializer): Initializer =>
      (values, key, shape) => {
        if (this.given) values.set(this.given[part]);
        else drawn(values, key, shape);
      };
    this.centres = new Parameter([units, inputSize], from('centres', gaussian(1)));
    this.logWidths = new Parameter([units], from('logWidths', zeros));
  }

  /**
   * Has the units start where the data are: centres by k-means, each width the mean distance to the two nearest other
   * centres (Moody & Darken 1989), that of a single unit the root mean square distance of the points. It counts when the
   * values are drawn: call it before a trainer is made.
   * @throws UserError unless there are as many different points as units, each of the input's size.
   */
  startFrom(points: readonly ArrayLike<number>[], { seed = 1 }: { seed?: number } = {}): void {
    if (points.some((point) => point.length !== this.inputSize))
      throw new UserError(`RadialBasis: every point must have ${this.inputSize} values, as the input.`);
    const { centres, inertia } = kMeans(points, this.units, { seed });
    const widths = centres.map((centre) => {
      const distances = centres
        .map((other) => Math.sqrt(other.reduce((total, value, i) => total + (value - centre[i]!) ** 2, 0)))
        .filter((distance) => distance > 0)
        .sort((a, b) => a - b)
        .slice(0, 2);
      // Where all points are one, any width does.
      if (distances.length === 0) return Math.sqrt(inertia / points.length) || 1;
      return distances.reduce((a, b) => a + b) / distances.length;
    });
    this.given = {
      centres: Float64Array.from(centres.flatMap((centre) => [...centre])),
      logWidths: Float64Array.from(widths, Math.log),
    };
  }

  forward(x: Tensor): Tensor {
    if (x.shape.at(-1) !== this.inputSize)
      throw traceError('radialBasis', `takes ${this.inputSize} features, the input is ${x}.`);
    // The differences themselves: ‖x‖² − 2x·c + ‖c‖² would lose what is left of them far from the origin.
    const apart = sub(reshape(x, [...x.shape.slice(0, -1), 1, this.inputSize]), this.centres);
    const precision = exp(mul(this.logWidths, -2));
    return exp(mul(sum(square(apart), [-1]), mul(precision, -0.5)));
  }
}
