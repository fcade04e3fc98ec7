import type { HostTensor } from '../engine/engine.js';
import type { Feeds } from '../engine/feeds.js';
import { hashText, randomKey } from '../tensor/random.js';
import { exampleOf, indicesOfEpoch } from './epochIndices.js';
import type { EpochOptions } from './epochPlan.js';
import type { BatchLimit, TrainingData } from './trainingData.js';

const augmentationKey = hashText('augmentation');

/**
 * Changes the inputs of a batch in place, or puts others in their place.
 * @param keys of the random numbers: one per example, another in each epoch. @param examples which ones of the data they are.
 */
export type Augmentation = (
  feeds: Record<string, HostTensor>,
  keys: readonly number[],
  examples: Int32Array,
) => void;

/**
 * Training data whose examples are changed anew in every epoch. What is drawn follows from seed, epoch and example alone,
 * so that a resumed run sees the same.
 */
export class AugmentedData implements TrainingData {
  readonly holdsEpoch = true;

  /**
   * @param count of the examples: the indices that the data give out in any epoch are below it.
   * @param options `seed` of the changes; 1 by default.
   */
  constructor(
    private readonly data: TrainingData,
    private readonly count: number,
    private readonly augmentations: readonly Augmentation[],
    private readonly options: { readonly seed?: number } = {},
  ) {}

  /** The batches of the data, as indices that hold the epoch too. */
  plan(limit: BatchLimit, options: EpochOptions): Int32Array[] {
    const batches = this.data.plan(limit, options);
    if (this.data.holdsEpoch) return batches;
    return batches.map((examples) => indicesOfEpoch(examples, options.epoch, this.count));
  }

  /** The inputs of some examples, changed; `exampleIndex` [batch] is new in every epoch. */
  batch(indices: Int32Array): Feeds {
    const { seed = 1 } = this.options;
    const examples = indices.map((index) => exampleOf(index, this.count));
    const feeds = { ...this.data.batch(this.data.holdsEpoch ? indices : examples) };
    this.augmentations.forEach((augment, i) => {
      augment(
        feeds,
        Array.from(indices, (index) => randomKey(seed, augmentationKey, i, index)),
        examples,
      );
    });
    return { ...feeds, exampleIndex: { dtype: 'int32', shape: [indices.length], data: indices.slice() } };
  }
}
