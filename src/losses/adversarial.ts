import { add, mul, neg, relu, softplus, square, sub } from '../ops/elementwise.js';
import type { Tensor } from '../tensor/tensor.js';
import { zeroMasked } from './masking.js';

/** The two sides of a generative adversarial network: each from logits [...] of the discriminator → losses [...]. */
export interface AdversarialLoss {
  /** Of the discriminator on real examples. */
  readonly real: (logits: Tensor, mask?: Tensor) => Tensor;
  /** Of the discriminator on generated examples. */
  readonly fake: (logits: Tensor, mask?: Tensor) => Tensor;
  /** Of the generator, on the discriminator's logits of what it made. */
  readonly generator: (logits: Tensor, mask?: Tensor) => Tensor;
}

/** A loss of each logit, 0 where the mask (bool, over the first axes) is false. */
function side(loss: (logits: Tensor) => Tensor): (logits: Tensor, mask?: Tensor) => Tensor {
  return (logits, mask) => zeroMasked(loss(zeroMasked(logits, mask)), mask);
}

/** (x − target)²/2. */
const miss = (target: number) => (x: Tensor) => mul(square(sub(x, target)), 0.5);

/**
 * Losses of generative adversarial networks:
 * - nonSaturating (Goodfellow et al. 2014): −log σ(real), −log(1 − σ(fake)); the generator −log σ(fake), whose gradient
 *   lasts while the discriminator wins.
 * - leastSquares (Mao et al. 2017): (real − 1)²/2, fake²/2; the generator (fake − 1)²/2.
 * - hinge (Lim & Ye 2017; Miyato et al. 2018): max(0, 1 − real), max(0, 1 + fake); the generator −fake.
 */
export const adversarialLosses = {
  nonSaturating: {
    real: side((x) => softplus(neg(x))),
    fake: side(softplus),
    generator: side((x) => softplus(neg(x))),
  },
  leastSquares: { real: side(miss(1)), fake: side(miss(0)), generator: side(miss(1)) },
  hinge: {
    real: side((x) => relu(sub(1, x))),
    fake: side((x) => relu(add(x, 1))),
    generator: side(neg),
  },
} satisfies Readonly<Record<string, AdversarialLoss>>;
