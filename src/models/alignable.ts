import type { EncodedPairs } from '../data/trainingData.js';
import { lengthOf } from '../data/sequences.js';
import { ctcFrames } from '../ops/ctc.js';
import { UserError } from '../tensor/errors.js';

/**
 * Checks that CTC can align every target with its source; what it cannot align has no loss to learn from.
 * @throws UserError naming an example whose target needs more positions than its source has: one for each token, and one
 * for the blank between two equal ones.
 */
export function requireAlignable({ examples, sources, targets, exampleOfPair }: EncodedPairs): void {
  exampleOfPair.forEach((of, pair) => {
    const target = targets.ids.subarray(targets.offsets[pair], targets.offsets[pair + 1]);
    const needed = ctcFrames(target);
    const length = lengthOf(sources, of);
    if (needed <= length) return;
    const blanks = needed - target.length;
    const extra =
      blanks > 0 ? ` and ${blanks} ${blanks === 1 ? 'blank' : 'blanks'} between equal neighbours` : '';
    throw new UserError(
      `${examples[of]!.origin}: the source has ${length} tokens, too few for CTC to align the target with: it has ${target.length} tokens${extra}. Leave such pairs out (data.limits.onTooLong: skip), or train a sequence-to-sequence model, whose answers can be longer than the source.`,
    );
  });
}
