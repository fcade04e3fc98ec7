import type { Feeds } from '../engine/feeds.js';
import { sourceBatch } from './batching.js';
import { planByLength, planSources, type EpochOptions } from './epochPlan.js';
import { feedLabels, requireLabelled, type Labels } from './labels.js';
import { countOf, lengthOf, type TokenSequences } from './sequences.js';
import type { BatchLimit, EvaluationData, TrainingData } from './trainingData.js';

/** Texts with labels, and with contexts where the model reads any: to classify, to tag, to value. */
export class TextExamples implements TrainingData, EvaluationData {
  /**
   * @param texts tokens of each text. Of one without any, as a bag without known terms is, all features are 0.
   * @param labels none where texts are only to be predicted; several for tasks that share an encoder. Contexts stand
   * among them: `contextTexts`, `contextTensors`.
   * @param originOf where a text stands, for messages.
   * @throws UserError unless each text has a label (a context) of each kind.
   */
  constructor(
    readonly texts: TokenSequences,
    readonly labels: readonly Labels[] = [],
    readonly originOf: (index: number) => string = (index) => `text ${index + 1}`,
  ) {
    requireLabelled(this, countOf(texts), labels);
  }

  /** Batches of texts of similar length; see `planEpoch`. */
  plan(limit: BatchLimit, options: EpochOptions): Int32Array[] {
    const source = Int32Array.from({ length: countOf(this.texts) }, (_, i) => lengthOf(this.texts, i));
    const target = source.map((_, i) => this.labels.reduce((sum, { tokens }) => sum + (tokens?.[i] ?? 0), 0));
    return planByLength({ source, target }, limit, { ...options, originOf: this.originOf });
  }

  planEvaluation(batchSize: number): Int32Array[] {
    return planSources(this.texts, batchSize);
  }

  /** `source` [batch, sourceTime], `sourceLengths` [batch], `exampleIndex` [batch], the labels and contexts. */
  batch(indices: Int32Array): Feeds {
    return { ...sourceBatch(this.texts, indices), ...feedLabels(this.labels, indices) };
  }
}
