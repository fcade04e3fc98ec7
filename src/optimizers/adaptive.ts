import { add, cast, div, greater, sqrt, square, sub } from '../ops/elementwise.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { Tensor } from '../tensor/tensor.js';
import { noScalars, requireRates, runningMean, type GradientTransform, type Optimizer } from './transform.js';
import { addWeightDecay, momentumTrace } from './transforms.js';

const positive = (x: Tensor) => cast(greater(x, 0), x.dtype);
/** −1, 0 or 1. */
const sign = (x: Tensor) => sub(positive(x), positive(sub(0, x)));

/** g ÷ (√Σg² + ε), the sum over all steps so far (Duchi et al. 2011). @throws UserError unless ε > 0. */
export function scaleByAdagrad({ epsilon = 1e-10 } = {}): GradientTransform {
  requireOptions('Adagrad', 'a finite number above 0', { epsilon });
  return {
    slots: ['sumOfSquares'],
    scalars: noScalars,
    apply: ({ updates, slots }) => {
      const sumOfSquares = updates.map((g, i) => add(slots['sumOfSquares']![i]!, square(g)));
      return {
        updates: updates.map((g, i) => div(g, add(sqrt(sumOfSquares[i]!), epsilon))),
        slots: { sumOfSquares },
      };
    },
  };
}

/** g ÷ (√v + ε) with the running mean v of g² (Tieleman & Hinton 2012). @throws UserError unless 0 ≤ decay < 1 and ε > 0. */
export function scaleByRmsprop({ decay = 0.99, epsilon = 1e-8 } = {}): GradientTransform {
  requireOptions('RMSprop', 'at least 0 and below 1', { decay });
  requireOptions('RMSprop', 'a finite number above 0', { epsilon });
  return {
    slots: ['secondMoment'],
    scalars: noScalars,
    apply: ({ updates, slots }) => {
      const secondMoment = updates.map((g, i) => runningMean(slots['secondMoment']![i]!, square(g), decay));
      return {
        updates: updates.map((g, i) => div(g, add(sqrt(secondMoment[i]!), epsilon))),
        slots: { secondMoment },
      };
    },
  };
}

/**
 * sign(β₁m + (1 − β₁)g), then m ← β₂m + (1 − β₂)g (Chen et al. 2023): steps of one size, one moment to keep.
 * @throws UserError unless 0 ≤ β < 1.
 */
export function scaleByLion({ beta1 = 0.9, beta2 = 0.99 } = {}): GradientTransform {
  requireOptions('Lion', 'at least 0 and below 1', { beta1, beta2 });
  return {
    slots: ['firstMoment'],
    scalars: noScalars,
    apply: ({ updates, slots }) => {
      const old = slots['firstMoment']!;
      return {
        updates: updates.map((g, i) => sign(runningMean(old[i]!, g, beta1))),
        slots: { firstMoment: updates.map((g, i) => runningMean(old[i]!, g, beta2)) },
      };
    },
  };
}

export interface AdagradOptions {
  readonly learningRate: number;
  /** Added to the root of the sum; 1e-10 by default. */
  readonly epsilon?: number;
  /** L2 regularisation; 0 by default. */
  readonly weightDecay?: number;
}

/**
 * Adagrad (Duchi et al. 2011).
 * @throws UserError unless the learning rate and ε are above 0 and the weight decay is at least 0.
 */
export function adagrad({ learningRate, epsilon, weightDecay = 0 }: AdagradOptions): Optimizer {
  requireRates('adagrad', learningRate, weightDecay);
  return { transforms: [...decay(weightDecay), scaleByAdagrad({ epsilon })], learningRate };
}

export interface RmspropOptions {
  readonly learningRate: number;
  /** Of the running mean of squared gradients; 0.99 by default. */
  readonly decay?: number;
  /** Added to the root of the second moment; 1e-8 by default. */
  readonly epsilon?: number;
  /** Of the scaled gradients; 0 by default: none. */
  readonly momentum?: number;
  /** L2 regularisation; 0 by default. */
  readonly weightDecay?: number;
}

/**
 * RMSprop (Tieleman & Hinton 2012) in PyTorch's form.
 * @throws UserError unless the learning rate and ε are above 0, the weight decay is at least 0, and decay and momentum
 * are at least 0 and below 1.
 */
export function rmsprop(options: RmspropOptions): Optimizer {
  const { learningRate, momentum = 0, weightDecay = 0 } = options;
  requireRates('rmsprop', learningRate, weightDecay);
  const moving = momentum === 0 ? [] : [momentumTrace(momentum)];
  return { transforms: [...decay(weightDecay), scaleByRmsprop(options), ...moving], learningRate };
}

export interface LionOptions {
  readonly learningRate: number;
  /** Share of the moment in a step; 0.9 by default. */
  readonly beta1?: number;
  /** Of the moment; 0.99 by default. */
  readonly beta2?: number;
  /** Decoupled from the gradient; 0 by default. */
  readonly weightDecay?: number;
}

/**
 * Lion (Chen et al. 2023); a third to a tenth of Adam's rate suits it.
 * @throws UserError unless the learning rate is above 0, the weight decay at least 0 and 0 ≤ β < 1.
 */
export function lion({ learningRate, beta1, beta2, weightDecay = 0 }: LionOptions): Optimizer {
  requireRates('lion', learningRate, weightDecay);
  return { transforms: [scaleByLion({ beta1, beta2 }), ...decay(weightDecay)], learningRate };
}

function decay(rate: number): GradientTransform[] {
  return rate > 0 ? [addWeightDecay(rate)] : [];
}
