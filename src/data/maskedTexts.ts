import type { Feeds } from '../engine/feeds.js';
import { extendKey, hashText, randomBits, randomKey, randomUniform } from '../tensor/random.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { MASK_TOKEN } from '../text/reservedTokens.js';
import type { Recut } from '../text/subwords/bpeDropout.js';
import { specialTokens, type Vocabulary } from '../text/vocabulary.js';
import { sourceBatch } from './batching.js';
import { exampleOf, indicesOfEpoch } from './epochIndices.js';
import { planByLength, planSources, type EpochOptions } from './epochPlan.js';
import { countOf, lengthOf, packSequences, sequenceAt, type TokenSequences } from './sequences.js';
import { tokenLabelFeeds } from './tokenLabels.js';
import type { BatchLimit, EvaluationData, TrainingData } from './trainingData.js';

const maskingKey = hashText('masked texts');
const cutKey = hashText('masked texts: cut');

/** A text with masks, and what stood there: −1 where nothing is to be guessed. */
export interface MaskedText {
  readonly ids: Int32Array;
  readonly labels: Int32Array;
}

/**
 * Chooses a share of the tokens, one at least, to be guessed (Devlin et al. 2019, §3.1): 80 % of them become the mask, 10 %
 * any ordinary token, 10 % stay.
 * @param key of the random numbers: another one, other tokens.
 */
export function maskTokens(
  ids: Int32Array,
  key: number,
  { mask, ordinaryEnd, rate = 0.15 }: { mask: number; ordinaryEnd: number; rate?: number },
): MaskedText {
  const drawn = Array.from(ids, (_, t) => ({ t, rank: randomBits(key, t) }));
  drawn.sort((a, b) => a.rank - b.rank || a.t - b.t);
  const chosen = drawn.slice(0, Math.max(1, Math.round(rate * ids.length)));
  const [wayKey, tokenKey] = [extendKey(key, 1), extendKey(key, 2)];
  const changed = ids.slice();
  const labels = new Int32Array(ids.length).fill(-1);
  const first = specialTokens.length;
  for (const { t } of chosen) {
    labels[t] = ids[t]!;
    const way = randomUniform(wayKey, t);
    if (way < 0.8) changed[t] = mask;
    else if (way < 0.9) changed[t] = first + Math.floor(randomUniform(tokenKey, t) * (ordinaryEnd - first));
  }
  return { ids: changed, labels };
}

export interface MaskedTextsOptions {
  /** Share of the tokens to guess; 0.15 by default. */
  readonly rate?: number;
  /** Of the masks; 1 by default. */
  readonly seed?: number;
  /** Cuts texts anew in every epoch, before they are masked; by default they stay as they are. */
  readonly recut?: Recut | undefined;
}

/**
 * Texts for a masked language model, masked anew in every epoch ({@link maskTokens}): the masks follow from seed, epoch,
 * text and position alone.
 */
export class MaskedTexts implements TrainingData, EvaluationData {
  readonly holdsEpoch = true;
  private readonly mask: number;
  private readonly ordinaryEnd: number;
  private readonly rate: number;
  private readonly seed: number;
  private readonly recut: Recut | undefined;

  /**
   * @param texts of at least one token each.
   * @param vocabulary with {@link MASK_TOKEN} among its reserved tokens.
   * @throws UserError for a vocabulary without a mask, and unless 0 < rate < 1.
   */
  constructor(
    readonly texts: TokenSequences,
    vocabulary: Vocabulary,
    { rate = 0.15, seed = 1, recut }: MaskedTextsOptions = {},
  ) {
    requireOptions(this, 'above 0 and below 1', { rate });
    this.mask = vocabulary.reservedId(MASK_TOKEN);
    this.ordinaryEnd = vocabulary.ordinaryEnd;
    this.rate = rate;
    this.seed = seed;
    this.recut = recut;
  }

  private get count(): number {
    return countOf(this.texts);
  }

  /** Batches of texts of similar length, as indices that hold the epoch too. */
  plan(limit: BatchLimit, options: EpochOptions): Int32Array[] {
    const source = Int32Array.from({ length: this.count }, (_, i) => lengthOf(this.texts, i));
    const lengths = { source, target: new Int32Array(this.count) };
    const originOf = (index: number) => `text ${index + 1}`;
    const batches = planByLength(lengths, limit, { ...options, originOf });
    return batches.map((examples) => indicesOfEpoch(examples, options.epoch, this.count));
  }

  /** All texts, masked as in the first epoch. */
  planEvaluation(batchSize: number): Int32Array[] {
    return planSources(this.texts, batchSize);
  }

  /** `source`, `sourceLengths`, `exampleIndex`, and the tokens to guess: `masked`, `maskedRows`, `maskedSlots`. */
  batch(indices: Int32Array): Feeds {
    const { mask, ordinaryEnd, rate, recut } = this;
    const masked = Array.from(indices, (index) => {
      const whole = sequenceAt(this.texts, exampleOf(index, this.count));
      const text = recut ? recut(whole, randomKey(this.seed, cutKey, index)) : whole;
      return maskTokens(text, randomKey(this.seed, maskingKey, index), { mask, ordinaryEnd, rate });
    });
    const sources = packSequences(masked.map((text) => text.ids));
    return {
      ...sourceBatch(
        sources,
        indices.map((_, b) => b),
      ),
      exampleIndex: { dtype: 'int32', shape: [indices.length], data: indices.slice() },
      ...tokenLabelFeeds(
        masked.map(({ labels }) => labels),
        'masked',
      ),
    };
  }
}
