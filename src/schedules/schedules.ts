import { UserError } from '../tensor/errors.js';
import { requireOneOf, requireOptions } from '../tensor/requireOptions.js';

/** Scales the optimiser's learning rate. `factor` is pure in the step (from 1) and the schedule's state. */
export interface Schedule {
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

/**
 * Linear warm-up, then half a cosine down to `floor` (a share of the peak) at `totalSteps` (Loshchilov & Hutter 2017).
 * @throws UserError unless the numbers of steps are whole, `totalSteps` is the larger, and 0 ≤ floor < 1.
 */
export function cosine(options: { warmupSteps?: number; totalSteps: number; floor?: number }): Schedule {
  const { warmupSteps = 0, totalSteps, floor = 0 } = options;
  requireOptions('cosine', 'a whole number from 0', { warmupSteps, totalSteps });
  requireOptions('cosine', 'at least 0 and below 1', { floor });
  if (totalSteps <= warmupSteps)
    throw new UserError(
      `cosine: totalSteps is ${totalSteps}; it must be more than the ${warmupSteps} of warmupSteps.`,
    );
  return {
    factor: (step) => {
      if (step <= warmupSteps) return warmup(step, warmupSteps);
      const progress = Math.min(1, (step - warmupSteps) / (totalSteps - warmupSteps));
      return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
    },
  };
}

export interface PlateauOptions {
  readonly warmupSteps?: number;
  /** What the rate is multiplied with; 0.5 by default. */
  readonly factor?: number;
  /** Validations without improvement that are let pass; 2 by default. */
  readonly patience?: number;
  /** Which way the watched metric improves; 'lower' by default. */
  readonly better?: 'lower' | 'higher';
  /** The share by which the best value must be beaten; 10⁻⁴, as in PyTorch. */
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
