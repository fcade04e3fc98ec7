import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { START } from '../text/vocabulary.js';
import { after, forcePrefix, type Adjustment } from './adjustments.js';

/** One answer, without START and END. */
export interface Hypothesis {
  readonly ids: readonly number[];
  /** Σ of what the model gives the tokens, END included, in nats. */
  readonly logProbability: number;
  /** What hypotheses are ranked by: the sum after adjustments ÷ length penalty. */
  readonly score: number;
}

/** A hypothesis that goes on. */
export interface Alive {
  readonly ids: readonly number[];
  readonly logProbability: number;
  /** Σ after adjustments. */
  readonly weight: number;
  /** Row of the state that it continues. */
  readonly row: number;
}

/** What a step reads: `width` hypotheses per example. */
export function stepInputs(
  running: readonly { readonly alive: readonly Pick<Alive, 'ids' | 'row'>[] }[],
  width: number,
): { batch: number; beam: number; ids: Int32Array; parents: Int32Array } {
  const size = running.length * width;
  const ids = new Int32Array(size);
  const parents = new Int32Array(size);
  running.forEach(({ alive }, b) => {
    for (let k = 0; k < width; k++) {
      // Places without a hypothesis repeat the first one and are never read.
      const hypothesis = alive[k] ?? alive[0]!;
      ids[b * width + k] = hypothesis.ids.at(-1) ?? START;
      parents[b * width + k] = hypothesis.row;
    }
  });
  return { batch: running.length, beam: width, ids, parents };
}

/** What bounds and begins an answer. */
export interface AnswerShape {
  /** Tokens after which an answer is cut, END not counted. Default: twice the source and the prefix, plus 10. */
  readonly maxLength?: number;
  /** Tokens that every answer begins with; adjustments act on what comes after them. */
  readonly prefix?: readonly number[];
  /** What may come next, and how likely. */
  readonly adjust?: readonly Adjustment[];
}

/**
 * Tokens after which the answer to a source is cut.
 * @param most tokens that the decoder has positions for, START included.
 * @throws UserError when `maxLength` is none, or the prefix is longer.
 */
export function lengthLimit(
  sourceLength: number,
  { maxLength, prefix = [] }: AnswerShape,
  most: number,
): number {
  if (maxLength !== undefined) requireOptions('an answer', 'a whole number from 1', { maxLength });
  const limit = Math.min(maxLength ?? 2 * sourceLength + prefix.length + 10, most - 1);
  if (prefix.length > limit)
    throw new UserError(
      `The prefix has ${prefix.length} tokens, an answer at most ${limit}. Shorten it, or raise maxLength.`,
    );
  return limit;
}

/** The adjustments of an answer: its prefix, and the others after it. */
export function adjustmentsOf({ prefix = [], adjust = [] }: AnswerShape): Adjustment[] {
  if (prefix.length === 0) return [...adjust];
  return [forcePrefix(prefix), ...adjust.map((adjustment) => after(prefix.length, adjustment))];
}
