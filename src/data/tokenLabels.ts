import type { Feeds } from '../engine/feeds.js';
import { UserError } from '../tensor/errors.js';
import type { Labels } from './labels.js';
import { packLabels } from './packLabels.js';
import { countOf, lengthOf, packSequences, sequenceAt, type TokenSequences } from './sequences.js';

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
        Array.from(indices, (i) => sequenceAt(tags, i)),
        name,
      ),
    placed: (places, others) => {
      const none = (text: number) => new Int32Array(lengthOf(others, text)).fill(-1);
      const moved = Array.from(places, (i, text) => (i < 0 ? none(text) : sequenceAt(tags, i)));
      return tagLabels(others, packSequences(moved), name);
    },
  };
}

/** The labels of a batch of texts, one row a text, −1 where a token has none: the inputs of {@link tagLabels}. */
export function tokenLabelFeeds(rowsOfLabels: readonly Int32Array[], name: string): Feeds {
  const { labels, rows, slots } = packLabels(rowsOfLabels);
  return { [name]: labels, [`${name}Rows`]: rows, [`${name}Slots`]: slots };
}
