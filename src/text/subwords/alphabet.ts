import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { compareCodePoints, specialTokens } from '../vocabulary.js';

/** What the training of all subword tokenizers takes. */
export interface SubwordOptions {
  /** Ids in all, special and reserved tokens among them; fewer where the texts have no more. Default 8000. */
  vocabularySize?: number;
  /** Characters seen fewer times become `<unknown>`. Default 1: keep all. */
  minCount?: number;
  /** Reserved tokens, which get the last ids; none by default. */
  reserved?: readonly string[];
}

/**
 * The tokens that texts may fill.
 * @param owner for messages.
 * @param least tokens that must fit.
 * @throws UserError when options cannot be, or leave less room.
 */
export function roomFor(
  owner: string,
  { vocabularySize = 8000, minCount = 1, reserved = [] }: SubwordOptions,
  least = 1,
): number {
  requireOptions(owner, 'a whole number from 1', { vocabularySize, minCount });
  const room = vocabularySize - specialTokens.length - reserved.length;
  if (room < least)
    throw new UserError(
      `${owner}: vocabularySize is ${vocabularySize}; it must be at least ${vocabularySize - room + least}: ${specialTokens.length} special tokens, ${reserved.length} reserved ones and ${least} of texts.`,
    );
  return room;
}

/**
 * The symbols that words are made of, ordered by code point: those seen at least `minCount` times, and where they are more
 * than there is room for, the most frequent ones.
 */
export function alphabetOf(
  counts: ReadonlyMap<string, number>,
  { minCount = 1 }: SubwordOptions,
  room: number,
): string[] {
  return [...counts]
    .filter(([, count]) => count >= minCount)
    .sort(([a, countA], [b, countB]) => countB - countA || compareCodePoints(a, b))
    .slice(0, room)
    .map(([symbol]) => symbol)
    .sort(compareCodePoints);
}
