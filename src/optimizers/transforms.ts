import { add, div, maximum, minimum, mul, sqrt, square } from '../ops/elementwise.js';
import { sum } from '../ops/reduce.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { noScalars, requireRates, runningMean, type GradientTransform, type Optimizer } from './transform.js';

/**
 * Scales all gradients together so that their joint 2-norm is at most `maxNorm` (Pascanu et al. 2013):
 * g ← g · min(1, maxNorm ÷ (‖g‖ + 10⁻⁶)), as in PyTorch.
 * @throws UserError unless `maxNorm` is finite and above 0.
 */
export function clipByGlobalNorm(maxNorm: number): GradientTransform {
  requireOptions('clipByGlobalNorm', 'a finite number above 0', { maxNorm });
  return {
    slots: [],
    scalars: noScalars,
    kernel: { kind: 'clip', maxNorm },
    apply: ({ updates }) => {
      const norm = sqrt(updates.map((update) => sum(square(update))).reduce((a, b) => add(a, b)));
      // maxNorm ÷ max(maxNorm, ‖g‖ + 10⁻⁶) is the same factor without a division by a norm of zero.
      const factor = div(maxNorm, maximum(add(norm, 1e-6), maxNorm));
      return { updates: updates.map((update) => mul(update, factor)), slots: {} };
    },
  };
}

/**
 * Limits every gradient value to [−maxValue, maxValue]. The native kernels do not have it: the update runs as a graph.
 * @throws UserError unless `maxValue` is finite and above 0.
 */
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

/**
 * Adds rate · p: before the other transforms it is L2 regularisation, after Adam decoupled weight decay.
 * @throws UserError unless `rate` is finite and at least 0.
 */
export function addWeightDecay(rate: number): GradientTransform {
  requireOptions('addWeightDecay', 'a finite number from 0', { rate });
  return {
    slots: [],
    scalars: noScalars,
    kernel: { kind: 'weightDecay', rate },
    apply: ({ updates, parameters }) => ({
      updates: updates.map((update, i) => add(update, mul(parameters[i]!, rate))),
      slots: {},
    }),
  };
}

/**
 * m̂ ÷ (√v̂ + ε) with running means m of g and v of g², corrected for their start at zero (Kingma & Ba 2015).
 * @throws UserError unless 0 ≤ β < 1 and ε > 0.
 */
export function scaleByAdam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = {}): GradientTransform {
  requireOptions('Adam', 'at least 0 and below 1', { beta1, beta2 });
  requireOptions('Adam', 'a finite number above 0', { epsilon });
  return {
    slots: ['firstMoment', 'secondMoment'],
    scalars: (step) => ({
      firstCorrection: 1 / (1 - beta1 ** step),
      secondCorrection: 1 / Math.sqrt(1 - beta2 ** step),
    }),
    kernel: { kind: 'adam', beta1, beta2, epsilon },
    apply: ({ updates, slots, scalars }) => {
      const firstMoment = updates.map((g, i) => runningMean(slots['firstMoment']![i]!, g, beta1));
      const secondMoment = updates.map((g, i) => runningMean(slots['secondMoment']![i]!, square(g), beta2));
      return {
        updates: firstMoment.map((m, i) =>
          div(
            mul(m, scalars['firstCorrection']!),
            add(mul(sqrt(secondMoment[i]!), scalars['secondCorrection']!), epsilon),
          ),
        ),
        slots: { firstMoment, secondMoment },
      };
    },
  };
}

/**
 * Momentum in PyTorch's form: b ← μ·b + g; the update is b (heavy ball, Polyak 1964), or g + μ·b (Nesterov 1983, as
 * Sutskever et al. 2013 write it).
 * @throws UserError unless 0 ≤ μ < 1.
 */
export function momentumTrace(momentum: number, nesterov = false): GradientTransform {
  requireOptions('momentumTrace', 'at least 0 and below 1', { momentum });
  return {
    slots: ['momentum'],
    scalars: noScalars,
    kernel: { kind: 'momentum', momentum, nesterov },
    apply: ({ updates, slots }) => {
      const buffers = updates.map((g, i) => add(mul(slots['momentum']![i]!, momentum), g));
      return {
        updates: nesterov ? updates.map((g, i) => add(g, mul(buffers[i]!, momentum))) : buffers,
        slots: { momentum: buffers },
      };
    },
  };
}

export interface SgdOptions {
  readonly learningRate: number;
  /** μ; 0 by default: none. */
  readonly momentum?: number;
  /** Looks ahead along the momentum, which must be above 0; false by default. */
  readonly nesterov?: boolean;
  /** L2 regularisation; 0 by default. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent (Robbins & Monro 1951), with momentum on request.
 * @throws UserError unless the learning rate is above 0, the weight decay at least 0, 0 ≤ momentum < 1, and `nesterov`
 * comes with a momentum.
 */
export function sgd({
  learningRate,
  momentum = 0,
  nesterov = false,
  weightDecay = 0,
}: SgdOptions): Optimizer {
  requireRates('sgd', learningRate, weightDecay);
  requireOptions('sgd', 'at least 0 and below 1', { momentum });
  if (nesterov && momentum === 0)
    throw new UserError('sgd: nesterov looks ahead along the momentum; set a momentum above 0.');
  const transforms: GradientTransform[] = [];
  if (weightDecay > 0) transforms.push(addWeightDecay(weightDecay));
  if (momentum > 0) transforms.push(momentumTrace(momentum, nesterov));
  return { transforms, learningRate };
}

export interface AdamOptions {
  readonly learningRate: number;
  /** Of the running mean of gradients; 0.9 by default. */
  readonly beta1?: number;
  /** Of the running mean of squared gradients; 0.999 by default. */
  readonly beta2?: number;
  /** Added to the root of the second moment; 1e-8 by default. */
  readonly epsilon?: number;
  /** 0 by default, of `adamW` 0.01. */
  readonly weightDecay?: number;
}

/**
 * Adam (Kingma & Ba 2015). `weightDecay` is L2 regularisation; use `adamW` for the decoupled form.
 * @throws UserError unless the learning rate is above 0, the weight decay at least 0, 0 ≤ β < 1 and ε > 0.
 */
export function adam({ learningRate, weightDecay = 0, ...moments }: AdamOptions): Optimizer {
  requireRates('adam', learningRate, weightDecay);
  const scale = scaleByAdam(moments);
  return { transforms: weightDecay > 0 ? [addWeightDecay(weightDecay), scale] : [scale], learningRate };
}

/** Adam with decoupled weight decay (Loshchilov & Hutter 2019); 0.01 by default. @throws UserError as `adam`. */
export function adamW({ learningRate, weightDecay = 0.01, ...moments }: AdamOptions): Optimizer {
  requireRates('adamW', learningRate, weightDecay);
  const scale = scaleByAdam(moments);
  return { transforms: weightDecay > 0 ? [scale, addWeightDecay(weightDecay)] : [scale], learningRate };
}
