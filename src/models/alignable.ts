import type { EncodedPairs } from '../data/trainingData.js';
import { lengthOf, sequenceAt } from '../data/sequences.js';
import type { SpokenDataset } from '../data/spokenDataset.js';
import { ctcFrames } from '../ops/ctc.js';
import { UserError } from '../tensor/errors.js';

/**
 * Checks that CTC can align every target with its source; what it cannot align has no loss to learn from.
 * @throws UserError naming an example whose target needs more positions than its source has: one for each token, and one
 * for the blank between two equal ones.
 */
export function requireAlignable({ examples, sources, targets, exampleOfPair }: EncodedPairs): void {
  exampleOfPair.forEach((of, pair) => {
    const target = sequenceAt(targets, pair);
    const length = lengthOf(sources, of);
    if (ctcFrames(target) <= length) return;
    throw new UserError(
      `${examples[of]!.origin}: the source has ${length} tokens, too few for CTC to align the target with: ${needsOf(target)}. Leave such pairs out (data.limits.onTooLong: skip), or train a sequence-to-sequence model, whose answers can be longer than the source.`,
    );
  });
}

/**
 * The same of recordings that an encoder makes a position of each `stride` frames of.
 * @throws UserError naming a recording that is too short for its text.
 */
export function requireFrames({ examples, sources, targets }: SpokenDataset, stride: number): void {
  examples.forEach(({ origin }, i) => {
    const target = sequenceAt(targets, i);
    const frames = sources.lengths[i]!;
    if (isAlignable(target, frames, stride)) return;
    const places = Math.ceil(frames / stride);
    throw new UserError(
      `${origin}: the recording has ${frames} frames, of which the encoder makes ${places} positions, too few for CTC to align the text with: ${needsOf(target)}. Check the text, lower the strides of the encoder (model.encoder.convolutions), or leave such recordings out (data.limits.onTooLong: skip).`,
    );
  });
}

/** Whether CTC can align a target with so many frames, of which an encoder makes a position of each `stride`. */
export function isAlignable(target: ArrayLike<number>, frames: number, stride: number): boolean {
  return ctcFrames(target) <= Math.ceil(frames / stride);
}

function needsOf(target: ArrayLike<number>): string {
  const blanks = ctcFrames(target) - target.length;
  const extra =
    blanks > 0 ? ` and ${blanks} ${blanks === 1 ? 'blank' : 'blanks'} between equal neighbours` : '';
  return `it has ${target.length} tokens${extra}`;
}
