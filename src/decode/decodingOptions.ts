import { counted } from '../formats/terminal.js';
import { UserError } from '../tensor/errors.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { noRepeatedNgram, repetitionPenalty, type Adjustment } from './adjustments.js';
import type { AnswerShape } from './answerShape.js';
import type { BeamOptions } from './beamSearch.js';
import type { DistributionOptions } from './sampling.js';

/** What keeps a text from going round in circles. */
export interface RepetitionOptions {
  /** Above 1: tokens are less likely a second time; see `repetitionPenalty`. */
  readonly repetitionPenalty?: number;
  /** No sequence of so many tokens comes twice. */
  readonly noRepeatedNgram?: number;
}

/** What answers must be like, whether they are searched for or drawn. */
export interface WritingOptions extends RepetitionOptions, Pick<AnswerShape, 'maxLength'> {
  /** How every answer begins. */
  readonly prefix?: string;
}

/** How answers are searched for, in words. */
export interface SearchOptions extends WritingOptions, Pick<BeamOptions, 'beam' | 'lengthPenalty'> {
  /**
   * Texts that every answer must contain; see `BeamOptions`. A wider `beam` finds better places for them. Where the answer's
   * tokens are subwords, the space before a word is part of it: ' cat'.
   */
  readonly constraints?: readonly string[];
}

/** How answers are searched for and drawn: what a configuration says under `decoding`. */
export interface DecodingOptions extends SearchOptions, DistributionOptions {}

/** What was told over what holds by default; what is undefined was not told. */
export function withDefaults<T extends object>(defaults: Partial<T>, told: T): T {
  const given = Object.entries(told).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as T) };
}

/** The adjustments that keep a text from going round in circles. */
export function repetitionAdjustments(options: RepetitionOptions): Adjustment[] {
  const { repetitionPenalty: penalty, noRepeatedNgram: size } = options;
  return [
    ...(penalty === undefined ? [] : [repetitionPenalty(penalty)]),
    ...(size === undefined ? [] : [noRepeatedNgram(size)]),
  ];
}

/** How answers are searched for, as it stands beside their figures: 'greedy', 'beam 5, no 3-gram twice'. */
export function searchWords({
  beam = 1,
  lengthPenalty = 0,
  maxLength,
  prefix = '',
  constraints = [],
  repetitionPenalty: penalty,
  noRepeatedNgram: size,
}: SearchOptions): string {
  const quoted = constraints.map((text) => JSON.stringify(text)).join(', ');
  return [
    beam === 1 ? 'greedy' : `beam ${beam}`,
    lengthPenalty === 0 ? '' : `length penalty ${lengthPenalty}`,
    maxLength === undefined ? '' : `at most ${counted(maxLength, 'token')}`,
    prefix === '' ? '' : `prefix ${JSON.stringify(prefix)}`,
    quoted === '' ? '' : `${constraints.length === 1 ? 'constraint' : 'constraints'} ${quoted}`,
    penalty === undefined ? '' : `repetition penalty ${penalty}`,
    size === undefined ? '' : `no ${size}-gram twice`,
  ]
    .filter(Boolean)
    .join(', ');
}

/**
 * The ids of a part of an answer.
 * @param name what it is, for messages. @throws UserError for symbols that the model cannot write.
 */
export function encodeAnswerPart(
  part: string,
  name: string,
  { tokenizer, vocabulary }: TextEncoding,
): number[] {
  try {
    return vocabulary.encode(tokenizer.tokenize(part), { unknown: 'error' });
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}
