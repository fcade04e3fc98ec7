import type { Example } from '../data/examples.js';
import { lengthOf } from '../data/sequences.js';
import type { EncodedPairs } from '../data/trainingData.js';
import { UserError } from '../tensor/errors.js';
import type { Decoder } from './decoders/decoder.js';
import type { Encoder } from './encoders/encoder.js';
import type { Seq2Seq } from './seq2seq.js';

/** @throws UserError naming an example that is longer than the model has positions for. */
export function requireLengths(pairs: EncodedPairs, { encoder, decoder }: Seq2Seq): void {
  requireSourceLengths(pairs, encoder);
  pairs.exampleOfPair.forEach((of, pair) => {
    requireTargetLength(pairs.examples[of]!, lengthOf(pairs.targets, pair), decoder);
  });
}

/** @throws UserError naming an example whose source is longer than the encoder has positions for. */
export function requireSourceLengths(
  { examples, sources }: Pick<EncodedPairs, 'examples' | 'sources'>,
  encoder: Pick<Encoder, 'maxLength'>,
): void {
  examples.forEach((example, i) => {
    requireSourceLength(example, lengthOf(sources, i), encoder);
  });
}

/** @throws UserError naming the example, if its source of so many tokens is longer than the encoder has positions for. */
export function requireSourceLength(
  example: Example,
  length: number,
  { maxLength }: Pick<Encoder, 'maxLength'>,
): void {
  if (length > maxLength) throw tooLong(example, 'source', length, maxLength);
}

/** @throws UserError naming the example, if a target of so many tokens is longer than the decoder has positions for. */
export function requireTargetLength(
  example: Example,
  length: number,
  { maxLength }: Pick<Decoder, 'maxLength'>,
): void {
  // END takes a place of its own.
  if (length + 1 > maxLength) throw tooLong(example, 'target', length + 1, maxLength);
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
