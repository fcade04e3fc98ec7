import type { Feeds } from '../engine/feeds.js';
import { planByLength, planSources, type EpochOptions } from './epochPlan.js';
import { languageBatch } from './languageBatch.js';
import { countOf, lengthOf, type TokenSequences } from './sequences.js';
import { shiftRight } from './shift.js';
import type { BatchLimit, EvaluationData, TrainingData } from './trainingData.js';

/** Texts that each begin with START and end with END, for a language model: lines, poems, messages. */
export class Documents implements TrainingData, EvaluationData {
  constructor(
    /** Without START and END. */
    readonly texts: TokenSequences,
    /** Where a text stands, for messages. */
    private readonly originOf: (index: number) => string = (index) => `text ${index + 1}`,
  ) {}

  /** Batches of texts of similar length; see `planEpoch`. */
  plan(limit: BatchLimit, options: EpochOptions): Int32Array[] {
    const target = Int32Array.from({ length: countOf(this.texts) }, (_, i) => lengthOf(this.texts, i) + 1);
    const source = new Int32Array(target.length);
    return planByLength({ source, target }, limit, { ...options, originOf: this.originOf });
  }

  /** All texts once, in the order of their length. */
  planEvaluation(batchSize: number): Int32Array[] {
    return planSources(this.texts, batchSize);
  }

  batch(indices: Int32Array): Feeds {
    const { ids, offsets } = this.texts;
    return languageBatch(
      Array.from(indices, (i) => shiftRight(ids.subarray(offsets[i], offsets[i + 1]))),
      indices,
    );
  }
}
