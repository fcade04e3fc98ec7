import type { Example } from '../data/examples.js';
import { lengthOf } from '../data/sequences.js';
import type { EncodedPairs } from '../data/trainingData.js';
import { UserError } from '../tensor/errors.js';
import type { Seq2Seq } from './seq2seq.js';

/** @throws UserError naming an example that is longer than the model has positions for. */
export function requireLengths(
  { examples, sources, targets, exampleOfPair }: EncodedPairs,
  { encoder, decoder }: Seq2Seq,
): void {
  const demand = (length: number, maxLength: number, { origin }: Example, side: string) => {
    if (length <= maxLength) return;
    throw new UserError(
      `${origin}: the ${side} has ${length} tokens, the model has learned positions for ${maxLength}. Raise the maxLength of its ${side === 'source' ? 'encoder' : 'decoder'}, or leave longer texts out (data.limits).`,
    );
  };
  examples.forEach((example, i) => demand(lengthOf(sources, i), encoder.maxLength, example, 'source'));
  exampleOfPair.forEach((of, pair) => {
    // END takes a place of its own.
    demand(lengthOf(targets, pair) + 1, decoder.maxLength, examples[of]!, 'target');
  });
}
