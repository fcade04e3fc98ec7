import type { Feeds } from '../engine/feeds.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { TokenSequences } from './sequences.js';

/** The largest int32. */
const LARGEST = 2 ** 31 - 1;

/** What goes with examples, as graph inputs of a batch: what they are labelled with, or a context. */
export interface Labels {
  /** Number of examples. */
  readonly count: number;
  /** Tokens that are read of each, where it is a text. [count] */
  readonly tokens?: Int32Array;
  feed(indices: Int32Array): Feeds;
  /**
   * The same labels on other texts.
   * @param places which example here each of the texts is, −1 for one that has no label.
   */
  placed(places: Int32Array, texts: TokenSequences): Labels;
}

/**
 * A class per example, −1 where it has none: input `name` int32 [batch].
 * @throws UserError naming an example whose class is no whole number from −1.
 */
export function classLabels(classes: ArrayLike<number>, name = 'classes'): Labels {
  requireClasses(classes, name);
  return {
    count: classes.length,
    feed: (indices) => ({
      [name]: { dtype: 'int32', shape: [indices.length], data: indices.map((i) => classes[i]!) },
    }),
    placed: (places) =>
      classLabels(
        places.map((i) => (i < 0 ? -1 : classes[i]!)),
        name,
      ),
  };
}

function requireClasses(classes: ArrayLike<number>, name: string): void {
  for (let i = 0; i < classes.length; i++) {
    const each: unknown = classes[i];
    if (!Number.isInteger(each) || classes[i]! < -1 || classes[i]! > LARGEST)
      throw new UserError(
        `${name}: example ${i + 1} has the class ${typeof each === 'string' ? JSON.stringify(each) : String(each)}; give a whole number from 0, as LabelSet.idOf gives it, or -1 for an example without a class.`,
      );
  }
}

/**
 * `size` values per example, end to end, NaN for one that is not known: input `name` float32 [batch, size].
 * @throws UserError unless they are whole examples.
 */
export function valueLabels(values: Float32Array, size = 1, name = 'values'): Labels {
  requireOptions('valueLabels', 'a whole number from 1', { size });
  if (values.length % size !== 0)
    throw new UserError(`${name}: ${values.length} values do not make up examples of ${size} each.`);
  return {
    count: values.length / size,
    feed: (indices) => ({
      [name]: { dtype: 'float32', shape: [indices.length, size], data: takeRows(values, size, indices) },
    }),
    placed: (places) =>
      valueLabels(
        Float32Array.from({ length: places.length * size }, (_, at) => {
          const place = places[Math.floor(at / size)]!;
          return place < 0 ? NaN : values[place * size + (at % size)]!;
        }),
        size,
        name,
      ),
  };
}

/** Rows of `size` values each, end to end. */
export function takeRows(values: Float32Array, size: number, indices: Int32Array): Float32Array {
  const rows = new Float32Array(indices.length * size);
  indices.forEach((index, row) => rows.set(values.subarray(index * size, (index + 1) * size), row * size));
  return rows;
}

/** @throws UserError unless each example has a label (a context) of each kind. */
export function requireLabelled(owner: object, examples: number, labels: readonly Labels[]): void {
  for (const { count } of labels)
    if (count !== examples)
      throw new UserError(
        `${owner.constructor.name}: there are ${examples} examples, but ${count} labels or contexts of a kind. Give one for each.`,
      );
}

/** The inputs that go with some examples. */
export function feedLabels(labels: readonly Labels[], indices: Int32Array): Feeds {
  return Object.assign({}, ...labels.map((each) => each.feed(indices))) as Feeds;
}
