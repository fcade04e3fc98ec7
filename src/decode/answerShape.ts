import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { after, forcePrefix, type Adjustment } from './adjustments.js';

/** What bounds and begins an answer. */
export interface AnswerShape {
  /** Tokens after which an answer is cut, END not counted. Default: twice the source and the prefix, plus 10. */
  readonly maxLength?: number;
  /** What the first step reads; START by default. */
  readonly start?: number;
  /** Tokens that every answer begins with; adjustments act on what comes after them. */
  readonly prefix?: readonly number[];
  /** What may come next, and how likely. */
  readonly adjust?: readonly Adjustment[];
}

/**
 * Tokens after which the answer to a source is cut.
 * @param most tokens that the decoder has positions for, START included.
 * @param constrained tokens that must come after the prefix.
 * @throws UserError when `maxLength` is none, or the prefix and what must come after it are longer.
 */
export function lengthLimit(
  sourceLength: number,
  { maxLength, prefix = [] }: AnswerShape,
  most: number,
  constrained = 0,
): number {
  if (maxLength !== undefined) requireOptions('an answer', 'a whole number from 1', { maxLength });
  const limit = Math.min(maxLength ?? 2 * sourceLength + prefix.length + constrained + 10, most - 1);
  if (prefix.length > limit)
    throw new UserError(
      `The prefix has ${prefix.length} tokens, an answer at most ${limit}. Shorten it, or raise maxLength.`,
    );
  if (prefix.length + constrained > limit)
    throw new UserError(
      `The constraints need ${constrained} tokens${prefix.length > 0 ? ` after a prefix of ${prefix.length}` : ''}, an answer has at most ${limit}. Shorten them, or raise maxLength.`,
    );
  return limit;
}

/** The adjustments of an answer: its prefix, and the others after it. */
export function adjustmentsOf({ prefix = [], adjust = [] }: AnswerShape): Adjustment[] {
  if (prefix.length === 0) return [...adjust];
  return [forcePrefix(prefix), ...adjust.map((adjustment) => after(prefix.length, adjustment))];
}
