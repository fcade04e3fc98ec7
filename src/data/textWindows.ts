import type { Feeds } from '../engine/feeds.js';
import { UserError } from '../tensor/errors.js';
import { hashText, permutation, randomKey, randomUniform } from '../tensor/random.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { cutBySize, planAll } from './epochPlan.js';
import { languageBatch } from './languageBatch.js';
import type { BatchLimit, EvaluationData, TrainingData } from './trainingData.js';

const phaseKey = hashText('text windows: phase');
const shuffleKey = hashText('text windows: order');

/**
 * A long text cut into windows of equal length, each token but the first a label once: in a window a model reads
 * `length` tokens and says of each what comes next. Windows begin elsewhere in every epoch.
 */
export class TextWindows implements TrainingData, EvaluationData {
  /** @throws UserError for a text without a whole window. */
  constructor(
    readonly ids: Int32Array,
    /** Tokens that are read together. */
    readonly length: number,
  ) {
    requireOptions('text windows', 'a whole number from 1', { length });
    if (ids.length <= length)
      throw new UserError(
        `The text has ${ids.length} tokens, too few for a window of ${length} and the token after it. Give more text, or shorten the window.`,
      );
  }

  /** Where the windows of an epoch begin, in random order; what is left over at both ends comes in other epochs. */
  plan(limit: BatchLimit, { seed, epoch }: { seed: number; epoch: number }): Int32Array[] {
    const size = this.batchSize(limit);
    const key = randomKey(seed, phaseKey, epoch);
    // Never more than what leaves a whole window.
    const most = Math.min(this.length, this.ids.length - this.length);
    const phase = Math.floor(randomUniform(key, 0) * most);
    const count = Math.floor((this.ids.length - 1 - phase) / this.length);
    const order = permutation(count, randomKey(seed, shuffleKey, epoch));
    return cutBySize(
      order.map((i) => phase + i * this.length),
      size,
    );
  }

  /** Where all windows begin, from the start of the text on; the last one is shorter. */
  planEvaluation(batchSize: number): Int32Array[] {
    const count = Math.ceil((this.ids.length - 1) / this.length);
    return planAll(count, batchSize).map((windows) => windows.map((i) => i * this.length));
  }

  /** The windows that begin at some places. */
  batch(starts: Int32Array): Feeds {
    const windows = Array.from(starts, (start) => {
      const end = Math.min(start + this.length, this.ids.length - 1);
      return { input: this.ids.subarray(start, end), labels: this.ids.subarray(start + 1, end + 1) };
    });
    return languageBatch(windows, starts);
  }

  private batchSize(limit: BatchLimit): number {
    requireOptions('batches', 'a whole number from 1', { ...limit });
    if ('batchSize' in limit) return limit.batchSize;
    if (limit.batchTokens < this.length)
      throw new UserError(
        `batchTokens is ${limit.batchTokens}, less than the ${this.length} tokens of a window. Raise it.`,
      );
    return Math.floor(limit.batchTokens / this.length);
  }
}
