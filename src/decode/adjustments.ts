import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';

/**
 * Changes what may come next: given the tokens so far, the new log-probability of each candidate; −∞ forbids it. The
 * results need not sum to 1.
 */
export type Adjustment = (ids: readonly number[]) => (token: number, logProbability: number) => number;

/**
 * Makes tokens that are already there less likely: their log-probability times `penalty` (Keskar et al. 2019, on
 * log-probabilities). @throws UserError unless `penalty` is finite and above 0.
 */
export function repetitionPenalty(penalty: number): Adjustment {
  requireOptions('repetitionPenalty', 'a finite number above 0', { penalty });
  return (ids) => {
    const seen = new Set(ids);
    return (token, logProbability) => (seen.has(token) ? logProbability * penalty : logProbability);
  };
}

/** Forbids tokens that would repeat a sequence of `size` tokens (Paulus et al. 2018). @throws UserError unless `size` is a whole number from 1. */
export function noRepeatedNgram(size: number): Adjustment {
  requireOptions('noRepeatedNgram', 'a whole number from 1', { size });
  return (ids) => {
    const last = ids.slice(ids.length - size + 1);
    const forbidden = new Set<number>();
    for (let start = 0; start + size <= ids.length; start++)
      if (last.every((id, i) => ids[start + i] === id)) forbidden.add(ids[start + size - 1]!);
    return (token, logProbability) => (forbidden.has(token) ? -Infinity : logProbability);
  };
}

/** Never gives these tokens. */
export function forbidTokens(tokens: Iterable<number>): Adjustment {
  const forbidden = new Set(tokens);
  return () => (token, logProbability) => (forbidden.has(token) ? -Infinity : logProbability);
}

/** Begins every answer with these tokens. */
export function forcePrefix(prefix: readonly number[]): Adjustment {
  return (ids) => {
    const forced = prefix[ids.length];
    return (token, logProbability) => (forced === undefined || token === forced ? logProbability : -Infinity);
  };
}

/** A token that may come next. */
export interface Candidate {
  readonly token: number;
  /** What the model gives it, in nats. */
  readonly logProbability: number;
  /** The same after adjustments; what it is ranked and drawn by. */
  readonly weight: number;
}

/** Acts on what comes after the first `length` tokens. */
export function after(length: number, adjustment: Adjustment): Adjustment {
  return (ids) => (ids.length < length ? (_, logProbability) => logProbability : adjustment(ids));
}

/** The candidates that may come next, adjusted, likeliest first; none where all are forbidden. */
export function adjusted(
  ids: readonly number[],
  candidates: readonly Candidate[],
  adjustments: readonly Adjustment[],
): readonly Candidate[] {
  if (adjustments.length === 0) return candidates;
  const steps = adjustments.map((adjustment) => adjustment(ids));
  return candidates
    .map((candidate) => ({
      ...candidate,
      weight: steps.reduce((value, step) => step(candidate.token, value), candidate.weight),
    }))
    .filter(({ weight }) => weight > -Infinity)
    .sort((a, b) => b.weight - a.weight || a.token - b.token);
}

/** What is said when adjustments leave nothing. */
export function nothingLeft(): UserError {
  return new UserError(
    'The adjustments (prefix, noRepeatedNgram, adjust) forbid every token of the vocabulary. Allow at least one, or END.',
  );
}
