import { div, lerp, maximum, mul, sqrt, square } from '../ops/elementwise.js';
import { sum } from '../ops/reduce.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { Tensor } from '../tensor/tensor.js';
import { requireRates, type GradientTransform, type Optimizer } from './transform.js';
import { addWeightDecay } from './transforms.js';

export interface AdafactorOptions {
  /** Relative to the size of each parameter; of what a schedule makes of it, at most 1 ÷ √step counts. A hundredth suits most models. */
  readonly learningRate: number;
  /** The running means of squared gradients take in step^−decay of the new ones; 0.8 by default. */
  readonly decay?: number;
  /** An update whose root mean square is larger is scaled down to it; 1 by default. */
  readonly clipThreshold?: number;
  /** Parameters of a smaller root mean square move as if they had this one, or zeros would never leave; 10⁻³ by default. */
  readonly minScale?: number;
  /** Least root of a second moment; float32's rounding, 2⁻²³, by default, as in PyTorch. */
  readonly epsilon?: number;
  /** Decoupled from the gradient; 0 by default. */
  readonly weightDecay?: number;
}

/** Mean over one axis, kept with size 1. */
function meanAlong(x: Tensor, axis: number): Tensor {
  return mul(sum(x, [axis], true), 1 / (x.shape.at(axis) as number));
}

function rootMeanSquare(x: Tensor): Tensor {
  return sqrt(mul(sum(square(x)), 1 / (x.shape as readonly number[]).reduce((a, b) => a * b, 1)));
}

/** The shape with one axis, counted from the end, set to 1. */
function without(shape: readonly number[], axis: number): readonly number[] {
  return shape.map((size, i) => (i === shape.length + axis ? 1 : size));
}

/**
 * The update of Adafactor (Shazeer & Stern 2018, algorithms 4 and 5) in PyTorch's form. Of a matrix [..., rows, columns]
 * it keeps running means of g² per row (r) and per column (c), and takes r·c ÷ mean(r) for the second moment v; of a
 * vector it keeps v itself. The update g ÷ √v is clipped, and multiplied with the root mean square of the parameter and
 * with min(1, 1 ÷ (α·√step)), so that the step is min(α, 1 ÷ √step) of that size at the scheduled rate α.
 * @throws UserError unless all options are finite and above 0.
 */
export function scaleByAdafactor({
  decay = 0.8,
  clipThreshold = 1,
  minScale = 1e-3,
  epsilon = 2 ** -23,
}: Omit<AdafactorOptions, 'learningRate' | 'weightDecay'> = {}): GradientTransform {
  requireOptions('Adafactor', 'a finite number above 0', { decay, clipThreshold, minScale, epsilon });
  return {
    slots: ['rows', 'columns', 'secondMoment'],
    slotShape: (slot, shape) => {
      if (shape.length < 2) return slot === 'secondMoment' ? shape : undefined;
      return slot === 'secondMoment' ? undefined : without(shape, slot === 'rows' ? -1 : -2);
    },
    scalars: (step, learningRate) => ({
      fresh: step ** -decay,
      // 1 where a schedule ends at a rate of 0.
      rate: Math.min(1, 1 / (learningRate * Math.sqrt(step))),
    }),
    apply: ({ updates, parameters, slots, scalars }) => {
      const squares = updates.map(square);
      const averaged = (slot: string, value: (squared: Tensor) => Tensor) =>
        slots[slot]!.map((old, i) => old && lerp(old, value(squares[i]!), scalars['fresh']!));
      const rows = averaged('rows', (x) => meanAlong(x, -1));
      const columns = averaged('columns', (x) => meanAlong(x, -2));
      const secondMoment = averaged('secondMoment', (x) => x);
      const scaled = updates.map((g, i) => {
        const [r, c] = [rows[i], columns[i]];
        const v = r && c ? mul(div(r, maximum(meanAlong(r, -2), epsilon)), c) : secondMoment[i]!;
        const update = div(g, sqrt(maximum(v, epsilon * epsilon)));
        const excess = maximum(mul(rootMeanSquare(update), 1 / clipThreshold), 1);
        const size = maximum(rootMeanSquare(parameters[i]!), minScale);
        return mul(update, div(mul(size, scalars['rate']!), excess));
      });
      return { updates: scaled, slots: { rows, columns, secondMoment } };
    },
  };
}

/**
 * Adafactor (Shazeer & Stern 2018): adaptive steps whose state grows with the rows and columns of a matrix, not with its
 * values.
 * @throws UserError unless the weight decay is at least 0 and all other options are above 0.
 */
export function adafactor({ learningRate, weightDecay = 0, ...options }: AdafactorOptions): Optimizer {
  requireRates('adafactor', learningRate, weightDecay);
  const decays = weightDecay > 0 ? [addWeightDecay(weightDecay)] : [];
  return { transforms: [scaleByAdafactor(options), ...decays], learningRate };
}
