import { cast, cos, exp, mul, sin } from '../../ops/elementwise.js';
import { embedding } from '../../ops/gather.js';
import { concat, positions, reshape } from '../../ops/shape.js';
import type { Dim } from '../../tensor/dim.js';
import { UserError } from '../../tensor/errors.js';
import { requireOneOf, requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { gaussian } from '../initializers.js';
import { Module, Parameter } from '../module.js';

/** What tells a model where a token stands: a vector per position, to be added to the token's. */
export abstract class Positions extends Module {
  /** How many positions there are. */
  abstract readonly maxLength: number;

  /** The vectors of positions 0, 1, … along a dim: [time, size]. */
  along(time: Dim): Tensor {
    return this.at(positions(time));
  }

  /** The vectors of given positions: [n] int32 → [n, size]. */
  abstract at(positions: Tensor): Tensor;
}

/**
 * sin(p ÷ 10000^(2i/D)) for the first half of the features, cos of the same for the second (Vaswani et al. 2017, with
 * the halves side by side instead of interleaved). For positions of any size; nothing to learn.
 */
export class SinusoidalPositions extends Positions {
  override readonly maxLength = Infinity;

  /** @throws UserError unless `size` is an even whole number from 2. */
  constructor(private readonly size: number) {
    super();
    requireOptions(this, 'a whole number from 1', { size });
    if (size % 2 !== 0) throw new UserError(`SinusoidalPositions: size is ${size}; it must be even.`);
  }

  override at(at: Tensor): Tensor {
    const half = this.size / 2;
    const frequencies = exp(mul(cast(positions(half), 'float32'), -Math.log(10_000) / half));
    const angles = mul(reshape(cast(at, 'float32'), [at.shape[0]!, 1]), reshape(frequencies, [1, half]));
    return concat([sin(angles), cos(angles)]);
  }
}

/** A learned vector for each position up to `maxLength` (Gehring et al. 2017). */
export class LearnedPositions extends Positions {
  readonly weight: Parameter;

  /** @throws UserError unless both sizes are whole numbers from 1. */
  constructor(
    override readonly maxLength: number,
    size: number,
  ) {
    super();
    requireOptions(this, 'a whole number from 1', { maxLength, size });
    this.weight = new Parameter([maxLength, size], gaussian(0.02));
  }

  override at(at: Tensor): Tensor {
    return embedding(this.weight, at);
  }
}

export const positionTypes = ['sinusoidal', 'learned', 'rotary', 'none'] as const;
/**
 * How a Transformer is told where a token stands: by vectors added to the tokens' ('sinusoidal', 'learned'), by turning
 * the queries and keys of self-attention ('rotary', see `rotate`), or not at all ('none').
 */
export type PositionType = (typeof positionTypes)[number];

/**
 * Positions by their name; undefined for those that are not added to tokens.
 * @throws UserError for another name, or sizes that cannot be.
 */
export function createPositions(type: PositionType, size: number, maxLength = 512): Positions | undefined {
  requireOneOf('createPositions', positionTypes, { type });
  switch (type) {
    case 'sinusoidal':
      return new SinusoidalPositions(size);
    case 'learned':
      return new LearnedPositions(maxLength, size);
    case 'rotary':
    case 'none':
      return undefined;
  }
}
