import type { Feeds } from '../engine/feeds.js';
import { hashText, randomKey } from '../tensor/random.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { UserError } from '../tensor/errors.js';
import { sentinelIds } from '../text/reservedTokens.js';
import type { Vocabulary } from '../text/vocabulary.js';
import { pairBatch, type Batch } from './batching.js';
import { exampleOf, indicesOfEpoch } from './epochIndices.js';
import { planByLength, planSources, type EpochOptions } from './epochPlan.js';
import { countOf, lengthOf, packSequences, type TokenSequences } from './sequences.js';
import { corruptSpans, spanCounts, type SpanOptions } from './spanCorruption.js';
import type { BatchLimit, EvaluationData, TrainingData } from './trainingData.js';

const denoisingKey = hashText('denoising texts');

/**
 * Texts for a sequence-to-sequence model that restores spans ({@link corruptSpans}), corrupted anew in every epoch: the
 * spans follow from seed, epoch and text alone. Source and target share the vocabulary.
 */
export class DenoisingTexts implements TrainingData, EvaluationData {
  private readonly spans: SpanOptions;
  private readonly seed: number;

  /**
   * @param texts of at least one token each.
   * @param vocabulary with `sentinelTokens` among its reserved tokens: as many as a text has spans at most.
   * @param options `rate`: share of the tokens to restore, 0.15 by default; `meanSpan`: mean length of a span, 3 by
   * default; `seed` of the spans, 1 by default.
   * @throws UserError for a vocabulary without sentinels, and options that cannot be.
   */
  constructor(
    readonly texts: TokenSequences,
    vocabulary: Vocabulary,
    options: { readonly rate?: number; readonly meanSpan?: number; readonly seed?: number } = {},
  ) {
    const { rate = 0.15, meanSpan = 3, seed = 1 } = options;
    requireOptions(this, 'above 0 and below 1', { rate });
    requireOptions(this, 'a finite number above 0', { meanSpan });
    const sentinels = sentinelIds(vocabulary);
    if (sentinels.length === 0)
      throw new UserError(
        'DenoisingTexts: the vocabulary has no sentinel. Build it with sentinelTokens(…) among its reserved tokens.',
      );
    this.spans = { sentinels, rate, meanSpan };
    this.seed = seed;
  }

  private get count(): number {
    return countOf(this.texts);
  }

  /** Batches of texts of similar length, as indices that hold the epoch too. */
  plan(limit: BatchLimit, options: EpochOptions): Int32Array[] {
    const lengths = Array.from({ length: this.count }, (_, i) => lengthOf(this.texts, i));
    const counts = lengths.map((length) => spanCounts(length, this.spans));
    const source = Int32Array.from(counts, ({ noise, spans }, i) => lengths[i]! - noise + spans);
    const target = Int32Array.from(counts, ({ noise, spans }) => noise + spans + 1);
    const originOf = (index: number) => `text ${index + 1}`;
    const batches = planByLength({ source, target }, limit, { ...options, originOf });
    return batches.map((examples) => indicesOfEpoch(examples, options.epoch, this.count));
  }

  /** All texts, corrupted as in the first epoch. */
  planEvaluation(batchSize: number): Int32Array[] {
    return planSources(this.texts, batchSize);
  }

  /** The inputs of `Seq2Seq`: a {@link Batch}. */
  batch(indices: Int32Array): Batch & Feeds {
    const { ids, offsets } = this.texts;
    const pairs = Array.from(indices, (index) => {
      const example = exampleOf(index, this.count);
      const text = ids.subarray(offsets[example], offsets[example + 1]);
      return corruptSpans(text, randomKey(this.seed, denoisingKey, index), this.spans);
    });
    const rows = indices.map((_, b) => b);
    const batch = pairBatch(
      {
        sources: packSequences(pairs.map(({ source }) => source)),
        targets: packSequences(pairs.map(({ target }) => target)),
        exampleOfPair: rows,
      },
      rows,
    );
    return { ...batch, exampleIndex: { dtype: 'int32', shape: [indices.length], data: indices.slice() } };
  }
}
