import { add, cast, equal, mul } from '../../ops/elementwise.js';
import { fill, positions, reshape } from '../../ops/shape.js';
import type { Tensor } from '../../tensor/tensor.js';
import { PAD, START, UNKNOWN } from '../../text/vocabulary.js';

/** Tokens that are no part of an answer, though training may give them some probability. The others keep theirs. */
export const unwritten = [PAD, START, UNKNOWN];

/** scores [rows, vocabulary] with −10⁹ added at the tokens that are never written. */
export function withoutUnwritten(scores: Tensor): Tensor {
  const vocabulary = scores.shape[1]!;
  const places = reshape(positions(vocabulary), [1, vocabulary]);
  const forbidden = unwritten
    .map((token) => mul(cast(equal(places, fill(token, [1, 1], 'int32')), 'float32'), -1e9))
    .reduce((a, b) => add(a, b));
  return add(scores, forbidden);
}
