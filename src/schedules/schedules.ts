import { UserError } from '../tensor/errors.js';
import { requireOneOf, requireOptions } from '../tensor/requireOptions.js';

/** Scales the optimiser's learning rate. `factor` is pure in the step (from 1) and the schedule's state. */
export interface Schedule {
  /** What the learning rate is multiplied with at a step. */
  factor(step: number): number;
  /** Told the watched metric after each validation. */
  observe?(value: number): void;
  /** What a checkpoint must keep; absent when the step says it all. */
  state?(): Readonly<Record<string, number>>;
  restore?(state: Readonly<Record<string, number>>): void;
}

/** Always the full rate, after a linear warm-up. @throws UserError unless `warmupSteps` is a whole number from 0. */
export function constantRate({ warmupSteps = 0 } = {}): Schedule {
  requireOptions('constantRate', 'a whole number from 0', { warmupSteps });
  return { factor: (step) => warmup(step, warmupSteps) };
}

function warmup(step: number, steps: number): number {
  return steps > 0 ? Math.min(1, step / steps) : 1;
}

/**
 * Linear warm-up, then falling with 1/√step (Vaswani et al. 2017, scaled so that the peak is 1).
 * @throws UserError unless `warmupSteps` is a whole number from 0.
 */
export function inverseSqrt({ warmupSteps }: { warmupSteps: number }): Schedule {
  requireOptions('inverseSqrt', 'a whole number from 0', { warmupSteps });
  const start = Math.max(1, warmupSteps);
  return { factor: (step) => Math.min(step / start, Math.sqrt(start / step)) };
}

export interface DecayOptions {
  /** Steps in which the rate rises linearly from 0; 0 by default. */
  readonly warmupSteps?: number;
  /** Where the floor is reached. */
  readonly totalSteps: number;
  /** Share of the peak at `totalSteps`; 0 by default. */
  readonly floor?: number;
}

/** Linear warm-up, then from the peak to the floor along `shape`, which falls from 1 to 0 as progress rises from 0 to 1. */
function decay(owner: string, options: DecayOptions, shape: (progress: number) => number): Schedule {
  const { warmupSteps = 0, totalSteps, floor = 0 } = options;
  requireOptions(owner, 'a whole number from 0', { warmupSteps, totalSteps });
  requireOptions(owner, 'at least 0 and below 1', { floor });
  if (totalSteps <= warmupSteps)
    throw new UserError(
      `${owner}: totalSteps is ${totalSteps}; it must be more than the ${warmupSteps} of warmupSteps.`,
    );
  return {
    factor: (step) => {
      if (step <= warmupSteps) return warmup(step, warmupSteps);
      const progress = Math.min(1, (step - warmupSteps) / (totalSteps - warmupSteps));
      return floor + (1 - floor) * shape(progress);
    },
  };
}

/**
 * Linear warm-up, then half a cosine down to `floor` (a share of the peak) at `totalSteps` (Loshchilov & Hutter 2017).
 * @throws UserError unless the numbers of steps are whole, `totalSteps` is the larger, and 0 ≤ floor < 1.
 */
export function cosine(options: DecayOptions): Schedule {
  return decay('cosine', options, (progress) => 0.5 * (1 + Math.cos(Math.PI * progress)));
}

/**
 * Linear warm-up, then linearly down to `floor` (a share of the peak) at `totalSteps`.
 * @throws UserError as `cosine`.
 */
export function linearDecay(options: DecayOptions): Schedule {
  return decay('linearDecay', options, (progress) => 1 - progress);
}

/**
 * Linear warm-up, then times `factor` (0.1 by default) after every `everySteps` steps from its end on (PyTorch's StepLR).
 * @throws UserError unless the numbers of steps are whole, `everySteps` from 1, and 0 < factor < 1.
 */
export function stepDecay(options: { warmupSteps?: number; everySteps: number; factor?: number }): Schedule {
  const { warmupSteps = 0, everySteps, factor = 0.1 } = options;
  requireOptions('stepDecay', 'a whole number from 0', { warmupSteps });
  requireOptions('stepDecay', 'a whole number from 1', { everySteps });
  requireOptions('stepDecay', 'above 0 and below 1', { factor });
  const cuts = (step: number) => Math.floor(Math.max(0, step - 1 - warmupSteps) / everySteps);
  return { factor: (step) => warmup(step, warmupSteps) * factor ** cuts(step) };
}

/**
 * One cycle (Smith & Topin 2019): half a cosine up from `start` (a share of the peak) in the first `rise` of the steps,
 * half a cosine down to `end` in the others. The defaults are those of PyTorch's OneCycleLR: 0.3, 0.04 and 4·10⁻⁶.
 * @throws UserError unless `totalSteps` is whole, 0 < rise < 1 and both shares are at least 0 and below 1.
 */
export function oneCycle(options: {
  totalSteps: number;
  rise?: number;
  start?: number;
  end?: number;
}): Schedule {
  const { totalSteps, rise = 0.3, start = 0.04, end = 4e-6 } = options;
  requireOptions('oneCycle', 'a whole number from 1', { totalSteps });
  requireOptions('oneCycle', 'above 0 and below 1', { rise });
  requireOptions('oneCycle', 'at least 0 and below 1', { start, end });
  const top = rise * totalSteps - 1;
  const between = (from: number, to: number, progress: number) =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * Math.min(1, progress)));
  return {
    factor: (step) =>
      step - 1 <= top
        ? between(start, 1, top > 0 ? (step - 1) / top : 1)
        : between(1, end, (step - 1 - top) / (totalSteps - 1 - top)),
  };
}

export interface PlateauOptions {
  /** Steps in which the rate rises linearly from 0; 0 by default. */
  readonly warmupSteps?: number;
  /** What the rate is multiplied with; 0.5 by default. */
  readonly factor?: number;
  /** Validations without improvement that are let pass; 2 by default. */
  readonly patience?: number;
  /** Which way the watched metric improves; 'lower' by default. */
  readonly better?: 'lower' | 'higher';
  /** The share by which the best value must be beaten; 10⁻⁴ by default, as in PyTorch. */
  readonly threshold?: number;
}

/**
 * Lowers the rate when the watched metric stops improving (PyTorch's ReduceLROnPlateau).
 * @throws UserError unless warm-up and patience are whole numbers, 0 < factor < 1 and threshold ≥ 0.
 */
export function plateau(options: PlateauOptions = {}): Schedule {
  const { warmupSteps = 0, factor = 0.5, patience = 2, better = 'lower', threshold = 1e-4 } = options;
  requireOptions('plateau', 'a whole number from 0', { warmupSteps, patience });
  requireOptions('plateau', 'above 0 and below 1', { factor });
  requireOptions('plateau', 'a finite number from 0', { threshold });
  requireOneOf('plateau', ['lower', 'higher'], { better });
  let scale = 1;
  let best = better === 'lower' ? Infinity : -Infinity;
  let bad = 0;
  return {
    factor: (step) => scale * warmup(step, warmupSteps),
    observe: (value) => {
      const improved = better === 'lower' ? value < best * (1 - threshold) : value > best * (1 + threshold);
      if (improved) {
        best = value;
        bad = 0;
      } else if (++bad > patience) {
        scale *= factor;
        bad = 0;
      }
    },
    // JSON has no infinities: before the first validation there is no best value to keep.
    state: (): Record<string, number> => (Number.isFinite(best) ? { scale, bad, best } : { scale, bad }),
    restore: (state) => {
      scale = state['scale'] ?? 1;
      bad = state['bad'] ?? 0;
      best = state['best'] ?? best;
    },
  };
}
