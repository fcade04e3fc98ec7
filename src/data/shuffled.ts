import { randomKey, randomUniform } from '../tensor/random.js';
import { requireOptions } from '../tensor/requireOptions.js';

export interface ShuffleOptions {
  /** Items that wait: each is drawn from among so many. Larger mixes better and takes more memory. */
  readonly buffer: number;
  readonly seed: number;
}

/**
 * A stream in another order, without holding all of it: a buffer is filled, then each next item takes the place of one
 * drawn from it at random. An item comes at most `buffer` − 1 places too early, and of n items the same seed gives the
 * same order. With a buffer of at least n items every order is equally likely.
 * @throws UserError when the buffer is no whole number from 1.
 */
export async function* shuffled<T>(
  items: AsyncIterable<T> | Iterable<T>,
  { buffer, seed }: ShuffleOptions,
): AsyncGenerator<T> {
  requireOptions('shuffled', 'a whole number from 1', { buffer });
  const key = randomKey(seed);
  const waiting: T[] = [];
  let drawn = 0;
  const place = () => Math.floor(randomUniform(key, drawn++) * waiting.length);
  for await (const item of items) {
    if (waiting.length < buffer) {
      waiting.push(item);
      continue;
    }
    const at = place();
    const chosen = waiting[at]!;
    waiting[at] = item;
    yield chosen;
  }
  while (waiting.length > 0) {
    const at = place();
    const chosen = waiting[at]!;
    waiting[at] = waiting.at(-1)!;
    waiting.pop();
    yield chosen;
  }
}
