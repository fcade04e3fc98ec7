import type { Tokenizer } from '../text/tokenizer.js';

/**
 * What tokens say, piece by piece as they come. A character of which byte-level tokens have given the first bytes only waits
 * for the others.
 */
export class SpokenText {
  private said: string;

  /** @param known tokens that count as said. */
  constructor(
    private readonly tokenizer: Pick<Tokenizer, 'detokenize'>,
    known: readonly string[] = [],
  ) {
    this.said = tokenizer.detokenize(known);
  }

  /** What all tokens so far, the known ones among them, say beyond what was said before. */
  *next(tokens: readonly string[]): Generator<string, void> {
    const whole = this.tokenizer.detokenize(tokens);
    if (!whole.endsWith('\ufffd')) yield* this.say(whole);
  }

  /** The same when no token will come any more. */
  *rest(tokens: readonly string[]): Generator<string, void> {
    yield* this.say(this.tokenizer.detokenize(tokens));
  }

  private *say(whole: string): Generator<string, void> {
    if (whole.length > this.said.length) yield whole.slice(this.said.length);
    this.said = whole;
  }
}
