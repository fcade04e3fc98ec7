import { add, cast, equal, sub } from '../../ops/elementwise.js';
import { fill, positions, reshape } from '../../ops/shape.js';
import type { Tensor } from '../../tensor/tensor.js';
import { PAD, START, UNKNOWN } from '../../text/vocabulary.js';
import { masked } from '../../nn/layers/attention.js';

/** Tokens that are no part of an answer, though training may give them some probability. The others keep theirs. */
export const unwritten = [PAD, START, UNKNOWN];

/** scores [rows, vocabulary], at the tokens that are never written far below all others; see `masked`. */
export function withoutUnwritten(scores: Tensor): Tensor {
  const vocabulary = scores.shape[1]!;
  const places = reshape(positions(vocabulary), [1, vocabulary]);
  const forbidden = unwritten
    .map((token) => cast(equal(places, fill(token, [1, 1], 'int32')), 'float32'))
    .reduce((a, b) => add(a, b));
  return masked(scores, sub(1, forbidden));
}
