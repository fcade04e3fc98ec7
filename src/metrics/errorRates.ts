import { editDistance } from './editDistance.js';

/** What a model answered for one source, and every answer that counts as right. Tokens without START, END and PAD. */
export interface DecodedExample {
  readonly prediction: readonly string[];
  /** At least one. */
  readonly references: readonly (readonly string[])[];
}

/**
 * The edits to the nearest reference, and the length of that reference. Nearest: fewest edits; of several with
 * equally few the longest, which gives the lowest rate, so that the order of the references does not matter.
 * @throws RangeError when there is no reference.
 */
export function nearestReference<T>(
  prediction: ArrayLike<T>,
  references: readonly ArrayLike<T>[],
): { edits: number; length: number } {
  let edits = Infinity;
  let length = 0;
  for (const reference of references) {
    const distance = editDistance(prediction, reference);
    if (distance < edits || (distance === edits && reference.length > length)) {
      edits = distance;
      length = reference.length;
    }
  }
  if (edits === Infinity) throw new RangeError('an example without a reference cannot be scored');
  return { edits, length };
}

/**
 * Σ edits to the nearest reference ÷ Σ length of that reference, over all examples (not a mean of rates). It may
 * exceed 1. Where every nearest reference is empty: 0 without edits, Infinity with some.
 */
function errorRate<T>(examples: Iterable<{ prediction: ArrayLike<T>; references: readonly ArrayLike<T>[] }>) {
  let edits = 0;
  let length = 0;
  for (const { prediction, references } of examples) {
    const nearest = nearestReference(prediction, references);
    edits += nearest.edits;
    length += nearest.length;
  }
  return edits === 0 ? 0 : edits / length;
}

/**
 * Token error rate: Σ edits to the nearest listed reference ÷ Σ its length, in tokens. Where the tokens are
 * phonemes this is the phoneme error rate (PER).
 */
export function tokenErrorRate(examples: readonly DecodedExample[]): number {
  requireExamples(examples);
  return errorRate(examples);
}

/**
 * Character error rate (CER): Σ edits to the nearest listed reference ÷ Σ its length, in Unicode code points of the
 * texts, that is of the tokens joined by `separator` ('' for character tokens, ' ' for words: the spaces count).
 */
export function characterErrorRate(examples: readonly DecodedExample[], separator = ''): number {
  requireExamples(examples);
  const characters = (tokens: readonly string[]) => Array.from(tokens.join(separator));
  return errorRate(
    examples.map(({ prediction, references }) => ({
      prediction: characters(prediction),
      references: references.map(characters),
    })),
  );
}

/** Exact match: the share of examples whose prediction equals one of its references, token by token. */
export function exactMatch(examples: readonly DecodedExample[]): number {
  requireExamples(examples);
  let matches = 0;
  for (const { prediction, references } of examples) {
    if (nearestReference(prediction, references).edits === 0) matches++;
  }
  return matches / examples.length;
}

/** Word error rate of pronunciation (WER): the share of words whose prediction matches none of their references. */
export function wordErrorRate(examples: readonly DecodedExample[]): number {
  return 1 - exactMatch(examples);
}

function requireExamples(examples: readonly DecodedExample[]): void {
  if (examples.length === 0) throw new RangeError('a metric needs at least one example');
}
