import { unwritten } from '../models/decoders/unwritten.js';
import { UserError } from '../tensor/errors.js';
import { END } from '../text/vocabulary.js';
import type { Candidate } from './adjustments.js';

/** What a hypothesis has of the phrases that it must contain. */
export interface Progress {
  /** Per phrase: how many of its first tokens the hypothesis ends with; all of them for good once the phrase is there. */
  readonly matched: readonly number[];
  /** Tokens of the phrases that are there, and of the one that is furthest under way. */
  readonly bank: number;
}

/**
 * Phrases that an answer must contain, as tokens side by side, for grid beam search (Hokamp & Liu 2017): hypotheses
 * compete with those that have as many tokens of the phrases (their bank), so that an unlikely phrase gets its turn.
 * Phrases may overlap ("ab" and "bc" in "abc"); one that is given twice, or inside another, counts once.
 */
export class Constraints {
  private readonly phrases: readonly (readonly number[])[];
  private readonly tokens: ReadonlySet<number>;
  /** Per phrase and place: how much of the phrase is left when the next token does not fit (Knuth, Morris & Pratt 1977). */
  private readonly fallbacks: readonly (readonly number[])[];
  /** The bank of a hypothesis that contains all phrases. */
  readonly total: number;
  readonly start: Progress;

  /** @throws UserError for a phrase without tokens, or with one that no answer has (PAD, START, END, UNKNOWN). */
  constructor(phrases: readonly (readonly number[])[]) {
    if (phrases.some((phrase) => phrase.length === 0))
      throw new UserError('A constraint has no tokens: name at least one that the answer must contain.');
    const never = phrases.flat().find((token) => token === END || unwritten.includes(token));
    if (never !== undefined)
      throw new UserError(`A constraint has the token ${never}, which no answer contains. Leave it out.`);
    this.phrases = phrases.filter(
      (phrase, i) =>
        !phrases.some(
          (other, j) => j !== i && contains(other, phrase) && (other.length > phrase.length || j < i),
        ),
    );
    this.tokens = new Set(this.phrases.flat());
    this.fallbacks = this.phrases.map(fallbacksOf);
    this.total = this.phrases.reduce((sum, { length }) => sum + length, 0);
    this.start = { matched: this.phrases.map(() => 0), bank: 0 };
  }

  /** Tokens that must still come after a prefix of the answer. */
  after(prefix: readonly number[]): number {
    const { bank } = prefix.reduce((progress, token) => this.advance(progress, token), this.start);
    return this.total - bank;
  }

  isMet({ bank }: Progress): boolean {
    return bank === this.total;
  }

  /** The progress of a hypothesis with one more token. */
  advance({ matched }: Progress, token: number): Progress {
    const next = matched.map((count, i) => this.advanceOne(i, count, token));
    let there = 0;
    let underWay = 0;
    next.forEach((count, i) => {
      if (count === this.phrases[i]!.length) there += count;
      else underWay = Math.max(underWay, count);
    });
    return { matched: next, bank: there + underWay };
  }

  private advanceOne(phrase: number, matched: number, token: number): number {
    const tokens = this.phrases[phrase]!;
    if (matched === tokens.length) return matched;
    let count = matched;
    while (count > 0 && tokens[count] !== token) count = this.fallbacks[phrase]![count - 1]!;
    return tokens[count] === token ? count + 1 : 0;
  }

  /**
   * Of a hypothesis' candidates, likeliest first, those that can be among the best `width` of a bank: none that ends it
   * too early, every token of a phrase, and the likeliest of the others, which all fall into one bank.
   */
  worthwhile(progress: Progress, candidates: readonly Candidate[], width: number): readonly Candidate[] {
    if (this.isMet(progress)) return candidates.slice(0, width);
    let others = 0;
    return candidates.filter(({ token }) => token !== END && (this.tokens.has(token) || others++ < width));
  }
}

function contains(phrase: readonly number[], part: readonly number[]): boolean {
  return phrase.some((_, start) => part.every((token, i) => phrase[start + i] === token));
}

/** Per place of a phrase: the length of its longest beginning that also ends there, itself not counted. */
function fallbacksOf(phrase: readonly number[]): number[] {
  const lengths = [0];
  for (let at = 1; at < phrase.length; at++) {
    let count = lengths[at - 1]!;
    while (count > 0 && phrase[count] !== phrase[at]) count = lengths[count - 1]!;
    lengths.push(phrase[count] === phrase[at] ? count + 1 : 0);
  }
  return lengths;
}

/** What is said when adjustments and constraints do not go together. */
export function unmeetable(): UserError {
  return new UserError(
    'No answer contains what the constraints ask for: the adjustments (prefix, noRepeatedNgram, adjust) forbid it. Leave some out.',
  );
}
