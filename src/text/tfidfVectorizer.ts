import { UserError } from '../tensor/errors.js';
import { requireOneOf } from '../tensor/requireOptions.js';
import { CountVectorizer, type FeatureLimits, type TermOptions } from './countVectorizer.js';
import type { SparseRows } from './sparseRows.js';

export interface WeightOptions {
  /** 'l2' (default): rows have length 1, but for texts without features. 'none': as they are. */
  norm?: 'l2' | 'none';
  /** A count c becomes 1 + ln c: what a text repeats counts less. Default false. */
  sublinear?: boolean;
}

export interface TfidfOptions extends TermOptions, FeatureLimits, WeightOptions {
  /** Count one more text, which has every term: idf = ln((1 + n) / (1 + df)) + 1, else ln(n / df) + 1. Default true. */
  smoothIdf?: boolean;
}

/**
 * Bags of words in which rare terms weigh more: count · idf, where n texts were learnt from and df of them have the term
 * (Spärck Jones 1972); the same figures as scikit-learn's `TfidfVectorizer`. `TfidfVectorizer.fit(texts).transform(texts)`.
 */
export class TfidfVectorizer {
  readonly options: Required<WeightOptions>;

  /**
   * A vectorizer with known weights, as after `fit`: `new TfidfVectorizer(new CountVectorizer(features), idf)`.
   * @param idf the weight of each feature.
   */
  constructor(
    readonly counts: CountVectorizer,
    readonly idf: readonly number[],
    { norm = 'l2', sublinear = false }: WeightOptions = {},
  ) {
    requireOneOf('TfidfVectorizer', ['l2', 'none'], { norm });
    if (idf.length !== counts.features.length)
      throw new UserError(
        `TfidfVectorizer: there are ${idf.length} weights for ${counts.features.length} features. Give one for each.`,
      );
    this.options = { norm, sublinear };
  }

  /** Features and their weights from texts. @throws UserError as `CountVectorizer.fit`. */
  static fit(texts: readonly string[], options: TfidfOptions = {}): TfidfVectorizer {
    const { norm, sublinear, smoothIdf = true, ...rest } = options;
    const counts = CountVectorizer.fit(texts, rest);
    const frequencies = new Array<number>(counts.features.length).fill(0);
    for (const column of counts.transform(texts).indices) frequencies[column]!++;
    const more = smoothIdf ? 1 : 0;
    const idf = frequencies.map((frequency) => Math.log((texts.length + more) / (frequency + more)) + 1);
    return new TfidfVectorizer(counts, idf, { norm, sublinear });
  }

  /** A row per text: the weighted counts of its features. @throws UserError for a single string. */
  transform(texts: Iterable<string>): SparseRows {
    const counted = this.counts.transform(texts);
    const { norm, sublinear } = this.options;
    const values = counted.values.map(
      (count, entry) => (sublinear ? 1 + Math.log(count) : count) * this.idf[counted.indices[entry]!]!,
    );
    if (norm === 'l2')
      for (let row = 0; row < counted.rows; row++) {
        const entries = values.subarray(counted.offsets[row], counted.offsets[row + 1]);
        const length = Math.sqrt(entries.reduce((sum, value) => sum + value * value, 0));
        if (length > 0) entries.forEach((value, entry) => (entries[entry] = value / length));
      }
    return { ...counted, values };
  }
}
