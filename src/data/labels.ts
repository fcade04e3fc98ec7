import type { Feeds } from '../engine/feeds.js';
import { UserError } from '../tensor/errors.js';

/** What examples are labelled with, as graph inputs of a batch. */
export interface Labels {
  /** Number of labelled examples. */
  readonly count: number;
  feed(indices: Int32Array): Feeds;
}

/** A class per example, −1 where it has none: input `name` int32 [batch]. */
export function classLabels(classes: ArrayLike<number>, name = 'classes'): Labels {
  return {
    count: classes.length,
    feed: (indices) => ({
      [name]: { dtype: 'int32', shape: [indices.length], data: indices.map((i) => classes[i]!) },
    }),
  };
}

/** @throws UserError unless each example has a label of each kind. */
export function requireLabelled(owner: object, examples: number, labels: readonly Labels[]): void {
  for (const { count } of labels)
    if (count !== examples)
      throw new UserError(
        `${owner.constructor.name}: there are ${examples} examples, but ${count} labels. Give one for each.`,
      );
}

/** The inputs of some examples under all their labels. */
export function feedLabels(labels: readonly Labels[], indices: Int32Array): Feeds {
  return Object.assign({}, ...labels.map((each) => each.feed(indices))) as Feeds;
}
