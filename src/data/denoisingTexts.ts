import type { Feeds } from '../engine/feeds.js';
import { hashText, randomKey } from '../tensor/random.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { UserError } from '../tensor/errors.js';
import { sentinelIds } from '../text/reservedTokens.js';
import type { Recut } from '../text/subwords/bpeDropout.js';
import type { Vocabulary } from '../text/vocabulary.js';
import { pairBatch, type Batch } from './batching.js';
import { exampleOf, indicesOfEpoch } from './epochIndices.js';
import { planByLength, planSources, type EpochOptions } from './epochPlan.js';
import { countOf, lengthOf, packSequences, sequenceAt, type TokenSequences } from './sequences.js';
import { corruptSpans, spanCounts, type SpanOptions } from './spanCorruption.js';
import type { BatchLimit, EvaluationData, TrainingData } from './trainingData.js';

const denoisingKey = hashText('denoising texts');
const cutKey = hashText('denoising texts: cut');

export interface DenoisingTextsOptions {
  /** Share of the tokens to restore; 0.15 by default. */
  readonly rate?: number;
  /** Mean length of a span, in tokens; 3 by default. */
  readonly meanSpan?: number;
  /** Of the spans; 1 by default. */
  readonly seed?: number;
  /** Cuts texts anew in every epoch, before they are corrupted; by default they stay as they are. */
  readonly recut?: Recut | undefined;
}

/**
 * Texts for a sequence-to-sequence model that restores spans ({@link corruptSpans}), corrupted anew in every epoch: the
 * spans follow from seed, epoch and text alone. Source and target share the vocabulary.
 */
export class DenoisingTexts implements TrainingData, EvaluationData {
  readonly holdsEpoch = true;
  private readonly spans: SpanOptions;
  private readonly seed: number;
  private readonly recut: Recut | undefined;

  /**
   * @param texts of at least one token each.
   * @param vocabulary with `sentinelTokens` among its reserved tokens: as many as a text has spans at most.
   * @throws UserError for a vocabulary without sentinels, and options that cannot be.
   */
  constructor(
    readonly texts: TokenSequences,
    vocabulary: Vocabulary,
    options: DenoisingTextsOptions = {},
  ) {
    const { rate = 0.15, meanSpan = 3, seed = 1, recut } = options;
    requireOptions(this, 'above 0 and below 1', { rate });
    requireOptions(this, 'a finite number above 0', { meanSpan });
    const sentinels = sentinelIds(vocabulary);
    if (sentinels.length === 0)
      throw new UserError(
        'DenoisingTexts: the vocabulary has no sentinel. Build it with sentinelTokens(…) among its reserved tokens.',
      );
    this.spans = { sentinels, rate, meanSpan };
    this.seed = seed;
    this.recut = recut;
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
    const pairs = Array.from(indices, (index) => {
      const whole = sequenceAt(this.texts, exampleOf(index, this.count));
      const text = this.recut ? this.recut(whole, randomKey(this.seed, cutKey, index)) : whole;
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
