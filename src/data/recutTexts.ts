import type { Recut } from '../text/subwords/bpeDropout.js';
import type { Augmentation } from './augmentedData.js';
import { padRows, targetBatch } from './batching.js';
import { packSequences } from './sequences.js';
import { shiftRight } from './shift.js';
import { textRows } from './textRows.js';

/**
 * Cuts the texts that a model reads anew: `recutTexts({ recut: bpeDropout(encoding, { rate: 0.1 }) })`. Batches are planned
 * by the lengths that texts had before; rows are padded to the longest that they have now.
 * @param options `input`: ids of shape [batch, time] beside its lengths, 'source' by default.
 */
export function recutTexts({ recut, input = 'source' }: { recut: Recut; input?: string }): Augmentation {
  return (feeds, keys) => {
    const rows = textRows(feeds, input);
    const cut = packSequences(rows.map((row, b) => recut(row, keys[b]!)));
    const { ids, lengths } = padRows(
      cut,
      Int32Array.from(rows, (_, b) => b),
    );
    feeds[input] = ids;
    feeds[`${input}Lengths`] = lengths;
  };
}

/** The same of the texts that a model is to write: of a decoder, or of a language model that begins with START. */
export function recutTargets({ recut }: { recut: Recut }): Augmentation {
  return (feeds, keys) => {
    // START comes first in each row.
    const targets = textRows(feeds, 'targetInput').map((row) => row.slice(1));
    const batch = targetBatch(targets.map((row, b) => shiftRight(recut(row, keys[b]!))));
    // A language model has no lengths of targets.
    for (const [name, value] of Object.entries(batch)) if (name in feeds) feeds[name] = value;
  };
}
