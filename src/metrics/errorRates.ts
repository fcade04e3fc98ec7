import { splitWords, type AnsweredText } from './answeredText.js';
import { editDistance } from './editDistance.js';
import { figureOf, type SumMetric } from './exampleSums.js';

/** What a model answered for one source, and every answer that counts as right. Tokens without START, END and PAD. */
export interface DecodedExample {
  readonly prediction: readonly string[];
  /** At least one. */
  readonly references: readonly (readonly string[])[];
  /** The same as texts; by default the tokens joined by the separator of the tokenizer. */
  readonly text?: AnsweredText;
}

/** An example as texts. @param separator what stands between two tokens of a text: '' or ' '. */
export function textOf({ prediction, references, text }: DecodedExample, separator = ''): AnsweredText {
  return (
    text ?? {
      prediction: prediction.join(separator),
      references: references.map((reference) => reference.join(separator)),
    }
  );
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
 * @param cut the elements of prediction and references that edits are counted in.
 */
function errorRate<E>(
  cut: (example: E) => { prediction: ArrayLike<string>; references: readonly ArrayLike<string>[] },
): SumMetric<E> {
  return {
    row(example) {
      const { prediction, references } = cut(example);
      const { edits, length } = nearestReference(prediction, references);
      return [edits, length];
    },
    figure: ([edits, length]) => (edits === 0 ? 0 : edits! / length!),
  };
}

/** {@link tokenErrorRate} as a figure of sums: edits, and tokens of the references. */
export const tokenErrorSums: SumMetric<DecodedExample> = errorRate((example) => example);

/** {@link characterErrorRate} as a figure of sums: edits, and characters of the references. */
export const characterErrorSums = (separator = ''): SumMetric<DecodedExample> =>
  errorRate(({ prediction, references }) => {
    const characters = (tokens: readonly string[]) => Array.from(tokens.join(separator));
    return { prediction: characters(prediction), references: references.map(characters) };
  });

/** {@link wordEditRate} as a figure of sums: edits, and words of the references. */
export const wordEditSums: SumMetric<AnsweredText> = errorRate(({ prediction, references }) => ({
  prediction: splitWords(prediction),
  references: references.map(splitWords),
}));

/** {@link exactMatch} as a figure of sums: matches, and examples. */
export const exactMatchSums: SumMetric<DecodedExample> = {
  row: ({ prediction, references }) => [nearestReference(prediction, references).edits === 0 ? 1 : 0, 1],
  figure: ([matches, examples]) => matches! / examples!,
};

/**
 * Token error rate: Σ edits to the nearest listed reference ÷ Σ its length, in tokens. Where the tokens are
 * phonemes this is the phoneme error rate (PER).
 */
export function tokenErrorRate(examples: readonly DecodedExample[]): number {
  return figureOf(tokenErrorSums, examples);
}

/**
 * Character error rate (CER): Σ edits to the nearest listed reference ÷ Σ its length, in Unicode code points of the
 * texts, that is of the tokens joined by `separator` ('' for character tokens, ' ' for words: the spaces count).
 */
export function characterErrorRate(examples: readonly DecodedExample[], separator = ''): number {
  return figureOf(characterErrorSums(separator), examples);
}

/**
 * Word edit rate: Σ edits to the nearest reference ÷ Σ its length, in words of the texts (runs of characters that are not
 * white space), however they are cut into tokens: what speech recognition calls word error rate.
 */
export function wordEditRate(examples: readonly AnsweredText[]): number {
  return figureOf(wordEditSums, examples);
}

/** Exact match: the share of examples whose prediction equals one of its references, token by token. */
export function exactMatch(examples: readonly DecodedExample[]): number {
  return figureOf(exactMatchSums, examples);
}

/** Word error rate of pronunciation (WER): the share of words whose prediction matches none of their references. */
export function wordErrorRate(examples: readonly DecodedExample[]): number {
  return 1 - exactMatch(examples);
}
