import { add, cast, div, greater, maximum, minimum, mul, sqrt, square, sub } from '../ops/elementwise.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { Tensor } from '../tensor/tensor.js';
import type { GradientTransform, Optimizer } from './transform.js';
import { addWeightDecay, momentumTrace } from './transforms.js';

const noScalars = () => ({});
const mean = (old: Tensor, value: Tensor, decay: number) => add(mul(old, decay), mul(value, 1 - decay));

const positive = (x: Tensor) => cast(greater(x, 0), x.dtype);
/** −1, 0 or 1. */
const sign = (x: Tensor) => sub(positive(x), positive(sub(0, x)));

/** Limits every gradient value to [−maxValue, maxValue]. @throws UserError unless `maxValue` is finite and above 0. */
export function clipByValue(maxValue: number): GradientTransform {
  requireOptions('clipByValue', 'a finite number above 0', { maxValue });
  return {
    slots: [],
    scalars: noScalars,
    apply: ({ updates }) => ({
      updates: updates.map((g) => maximum(minimum(g, maxValue), -maxValue)),
      slots: {},
    }),
  };
}

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
      const secondMoment = updates.map((g, i) => mean(slots['secondMoment']![i]!, square(g), decay));
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
        updates: updates.map((g, i) => sign(mean(old[i]!, g, beta1))),
        slots: { firstMoment: updates.map((g, i) => mean(old[i]!, g, beta2)) },
      };
    },
  };
}

interface Rates {
  readonly learningRate: number;
  readonly weightDecay?: number;
}

function optimizer(
  owner: string,
  { learningRate, weightDecay = 0 }: Rates,
  parts: GradientTransform[],
): Optimizer {
  requireOptions(owner, 'a finite number above 0', { learningRate });
  requireOptions(owner, 'a finite number from 0', { weightDecay });
  return { transforms: parts, learningRate };
}

const decayed = (rate = 0) => (rate > 0 ? [addWeightDecay(rate)] : []);

/** Adagrad (Duchi et al. 2011). `weightDecay` is L2 regularisation. @throws UserError for numbers out of range. */
export function adagrad({ epsilon, ...rates }: Rates & { readonly epsilon?: number }): Optimizer {
  return optimizer('adagrad', rates, [...decayed(rates.weightDecay), scaleByAdagrad({ epsilon })]);
}

/** RMSprop (Tieleman & Hinton 2012), PyTorch's form. `weightDecay` is L2 regularisation. @throws UserError for numbers out of range. */
export function rmsprop({
  decay,
  epsilon,
  momentum = 0,
  ...rates
}: Rates & { readonly decay?: number; readonly epsilon?: number; readonly momentum?: number }): Optimizer {
  const moving = momentum === 0 ? [] : [momentumTrace(momentum)];
  return optimizer('rmsprop', rates, [
    ...decayed(rates.weightDecay),
    scaleByRmsprop({ decay, epsilon }),
    ...moving,
  ]);
}

/** Lion (Chen et al. 2023) with decoupled weight decay; a third to a tenth of Adam's rate suits it. @throws UserError for numbers out of range. */
export function lion({
  beta1,
  beta2,
  ...rates
}: Rates & { readonly beta1?: number; readonly beta2?: number }): Optimizer {
  return optimizer('lion', rates, [scaleByLion({ beta1, beta2 }), ...decayed(rates.weightDecay)]);
}
