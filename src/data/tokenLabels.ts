import type { Feeds } from '../engine/feeds.js';
import { UserError } from '../tensor/errors.js';
import type { Labels } from './labels.js';
import { countOf, lengthOf, type TokenSequences } from './sequences.js';

/**
 * A label per token of texts, −1 for a token without one: inputs `name` [tokens], `nameRows` [tokens] and `nameSlots`
 * [batch·sourceTime], all int32, of the labelled tokens of a batch.
 * @throws UserError unless each text has as many labels as tokens.
 */
export function tagLabels(texts: TokenSequences, tags: TokenSequences, name = 'tags'): Labels {
  for (let i = 0; i < Math.min(countOf(texts), countOf(tags)); i++)
    if (lengthOf(texts, i) !== lengthOf(tags, i))
      throw new UserError(
        `${name}: text ${i + 1} has ${lengthOf(texts, i)} tokens, but ${lengthOf(tags, i)} labels. Give one for each.`,
      );
  return {
    count: countOf(tags),
    feed: (indices) =>
      tokenLabelFeeds(
        Array.from(indices, (i) => tags.ids.subarray(tags.offsets[i], tags.offsets[i + 1])),
        name,
      ),
  };
}

/** The labels of a batch of texts, one row a text, −1 where a token has none: the inputs of {@link tagLabels}. */
export function tokenLabelFeeds(labels: readonly Int32Array[], name: string): Feeds {
  const time = labels.reduce((most, { length }) => Math.max(most, length), 1);
  const slots = new Int32Array(labels.length * time);
  const rows: number[] = [];
  const packed: number[] = [];
  labels.forEach((row, b) =>
    row.forEach((label, t) => {
      if (label < 0) return;
      packed.push(label);
      slots[b * time + t] = rows.push(b * time + t);
    }),
  );
  const int32 = (data: Int32Array) => ({ dtype: 'int32' as const, shape: [data.length], data });
  return {
    [name]: int32(Int32Array.from(packed)),
    [`${name}Rows`]: int32(Int32Array.from(rows)),
    [`${name}Slots`]: int32(slots),
  };
}
