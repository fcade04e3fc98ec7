import { ctcBatch, sourceBatch } from '../data/batching.js';
import type { PairDataset } from '../data/dataset.js';
import { planEvaluation, planSources } from '../data/epochPlan.js';
import type { Example } from '../data/examples.js';
import type { TokenSequences } from '../data/sequences.js';
import type { SpokenDataset } from '../data/spokenDataset.js';
import type { EvaluationData } from '../data/trainingData.js';
import { requireAlignable } from '../models/alignable.js';

/** What a CTC model is measured on. */
export interface CtcExamples {
  readonly examples: readonly Example[];
  /** Tokens of all targets: the loss is per token. */
  readonly tokens: number;
  /** Sources with their targets. @throws UserError naming an example that CTC cannot align. */
  readonly pairs: EvaluationData;
  /** The source of each example, by its index. */
  readonly sources: EvaluationData;
}

/** Pairs of texts as a CTC model is measured on them. */
export function pairsForCtc(dataset: PairDataset): CtcExamples {
  return {
    examples: dataset.examples,
    tokens: dataset.targets.ids.length,
    pairs: {
      planEvaluation(batchSize) {
        requireAlignable(dataset);
        return planEvaluation(dataset, { batchSize });
      },
      batch: (pairs) => ({ ...ctcBatch(dataset, pairs) }),
    },
    sources: textsForCtc(dataset.sources),
  };
}

/** Texts as a CTC model answers them. */
export function textsForCtc(sources: TokenSequences): EvaluationData {
  return {
    planEvaluation: (batchSize) => planSources(sources, batchSize),
    batch: (indices) => ({ ...sourceBatch(sources, indices) }),
  };
}

/** Recordings and their texts as a CTC model is measured on them. */
export function recordingsForCtc(dataset: SpokenDataset): CtcExamples {
  const { examples, sources, targets } = dataset;
  return { examples, tokens: targets.ids.length, pairs: dataset, sources };
}
