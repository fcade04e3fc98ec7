import type { RecordedSounds } from '../data/audio/soundAugmentations.js';
import type { TextEncoding } from '../text/tokenizerJson.js';

/** Texts that stand in the batches of a task as token ids. */
export interface TextInput {
  /** What they are to the model; `target` is what it is to write. */
  readonly name: 'source' | 'context' | 'target';
  readonly encoding: TextEncoding;
  /** Tokens that the model reads of one, START and END not counted. */
  readonly maxLength: number;
}

/** What augmentations must know of a task's training data. */
export interface Augmentable {
  /** Texts that can be cut anew in batches. */
  readonly texts?: readonly TextInput[];
  readonly sounds?: RecordedSounds | undefined;
}
