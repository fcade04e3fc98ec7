import type { Example } from '../data/examples.js';
import { lengthOf } from '../data/sequences.js';
import type { EncodedPairs } from '../data/trainingData.js';
import { UserError } from '../tensor/errors.js';
import type { Encoder } from './encoders/encoder.js';
import type { Seq2Seq } from './seq2seq.js';

/** @throws UserError naming an example that is longer than the model has positions for. */
export function requireLengths(pairs: EncodedPairs, { encoder, decoder }: Seq2Seq): void {
  requireSourceLengths(pairs, encoder);
  pairs.exampleOfPair.forEach((of, pair) => {
    // END takes a place of its own.
    const length = lengthOf(pairs.targets, pair) + 1;
    if (length > decoder.maxLength) throw tooLong(pairs.examples[of]!, 'target', length, decoder.maxLength);
  });
}

/** @throws UserError naming an example whose source is longer than the encoder has positions for. */
export function requireSourceLengths(
  { examples, sources }: Pick<EncodedPairs, 'examples' | 'sources'>,
  { maxLength }: Pick<Encoder, 'maxLength'>,
): void {
  examples.forEach((example, i) => {
    const length = lengthOf(sources, i);
    if (length > maxLength) throw tooLong(example, 'source', length, maxLength);
  });
}

function tooLong(
  { origin }: Example,
  side: 'source' | 'target',
  length: number,
  maxLength: number,
): UserError {
  const part = side === 'source' ? 'encoder' : 'decoder';
  return new UserError(
    `${origin}: the ${side} has ${length} tokens, the model has learned positions for ${maxLength}. Raise the maxLength of its ${part}, or leave longer texts out (data.limits).`,
  );
}
