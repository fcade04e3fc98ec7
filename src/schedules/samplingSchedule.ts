import { requireOneOf, requireOptions } from '../tensor/requireOptions.js';

export const samplingScheduleTypes = ['linear', 'exponential', 'inverse-sigmoid'] as const;

/** How the probability ε of reading the true token falls with the step i of training (Bengio et al. 2015, §2.4). */
export type SamplingSchedule =
  /** ε = max(floor, 1 − i ÷ steps); floor 0 by default. */
  | { readonly type: 'linear'; readonly steps: number; readonly floor?: number }
  /** ε = decayⁱ, 0 ≤ decay < 1. */
  | { readonly type: 'exponential'; readonly decay: number }
  /** ε = k ÷ (k + exp(i ÷ k)) with k = pace: near 1 at first, ½ at step k · ln k. */
  | { readonly type: 'inverse-sigmoid'; readonly pace: number };

/**
 * ε by the step, counted from 1.
 * @throws UserError for another type, unless `steps` and `pace` are finite and at least 1, 0 ≤ floor ≤ 1 and 0 ≤ decay < 1.
 */
export function teacherForcingProbability(schedule: SamplingSchedule): (step: number) => number {
  const owner = 'scheduled sampling';
  requireOneOf(owner, samplingScheduleTypes, { type: schedule.type });
  switch (schedule.type) {
    case 'linear': {
      const { steps, floor = 0 } = schedule;
      requireOptions(owner, 'a whole number from 1', { steps });
      requireOptions(owner, 'at least 0 and at most 1', { floor });
      return (step) => Math.max(floor, 1 - step / steps);
    }
    case 'exponential': {
      const { decay } = schedule;
      requireOptions(owner, 'at least 0 and below 1', { decay });
      return (step) => decay ** step;
    }
    case 'inverse-sigmoid': {
      const { pace } = schedule;
      requireOptions(owner, 'a finite number from 1', { pace });
      return (step) => pace / (pace + Math.exp(step / pace));
    }
  }
}
