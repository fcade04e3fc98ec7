import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { padRows } from './batching.js';
import { takeRows, type Labels } from './labels.js';
import { countOf, lengthOf, packSequences, sequenceAt, type TokenSequences } from './sequences.js';

/**
 * A second text per example, which the model reads as a context: inputs `name` [batch, nameTime] and `nameLengths` [batch],
 * int32. Its tokens count to the size of a batch.
 */
export function contextTexts(texts: TokenSequences, name = 'context'): Labels {
  return {
    count: countOf(texts),
    tokens: Int32Array.from({ length: countOf(texts) }, (_, i) => lengthOf(texts, i)),
    feed: (indices) => {
      const { ids, lengths } = padRows(texts, indices);
      return { [name]: ids, [`${name}Lengths`]: lengths };
    },
    placed: (places) =>
      contextTexts(packSequences(Array.from(places, (i) => (i < 0 ? [] : sequenceAt(texts, i)))), name),
  };
}

export interface ContextTensorsOptions {
  /** Name of the graph input: 'vector', 'image'. */
  readonly input: string;
  /** Of one example: [size] of a vector, [channels, height, width] of an image. */
  readonly shape: readonly number[];
  /** Those of all examples end to end, row-major. */
  readonly values: Float32Array;
}

/**
 * A tensor per example, which the model reads as a context: float32 [batch, ...shape].
 * @throws UserError unless the values are whole tensors.
 */
export function contextTensors({ input, shape, values }: ContextTensorsOptions): Labels {
  const size = shape.reduce((a, b) => a * b, 1);
  requireOptions('contextTensors', 'a whole number from 1', { size });
  if (values.length % size !== 0)
    throw new UserError(
      `${input}: ${values.length} values do not make up tensors of ${size} each (${shape.join(' × ')}).`,
    );
  return {
    count: values.length / size,
    feed: (indices) => ({
      [input]: {
        dtype: 'float32',
        shape: [indices.length, ...shape],
        data: takeRows(values, size, indices),
      },
    }),
    placed: (places) => {
      const placed = new Float32Array(places.length * size);
      places.forEach((i, at) => {
        if (i >= 0) placed.set(values.subarray(i * size, (i + 1) * size), at * size);
      });
      return contextTensors({ input, shape, values: placed });
    },
  };
}
