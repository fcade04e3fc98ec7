import { UserError } from '../tensor/errors.js';
import { requireOneOf, requireOptions } from '../tensor/requireOptions.js';
import { requireTexts } from './requireTexts.js';
import type { SparseRows } from './sparseRows.js';
import { compareCodePoints } from './vocabulary.js';

/** How a text becomes terms. */
export interface TermOptions {
  /** 'word' (default): runs of two letters, digits or _ and more. 'character': code points; take it for Chinese. */
  analyzer?: 'word' | 'character';
  /** Whether texts become lower-case before. Default true. */
  lowercase?: boolean;
  /** Lengths of the shortest and the longest sequences of words or characters that are terms. Default [1, 1]. */
  ngrams?: readonly [shortest: number, longest: number];
}

/** Which terms become features. A number below 1 is a share of the texts, others count texts. */
export interface FeatureLimits {
  /** Terms that fewer texts have are left out. Default 1: none. */
  minDocumentFrequency?: number;
  /** Terms that more texts have are left out. Default Infinity: none. */
  maxDocumentFrequency?: number;
  /** The most features: the terms that occur most often stay, those before by code point where they are as frequent. Default: all. */
  maxFeatures?: number;
}

/** Python's `(?u)\b\w\w+\b`. */
const words = /[\p{L}\p{N}_]{2,}/gu;
const whiteSpaces = /\p{White_Space}{2,}/gu;

/**
 * Bags of words: how often each feature, a term of the training texts, occurs in a text; the same features and counts as
 * scikit-learn's `CountVectorizer` has them. `CountVectorizer.fit(texts).transform(texts)`.
 */
export class CountVectorizer {
  private readonly columns: ReadonlyMap<string, number>;

  /**
   * A vectorizer with known features, as after `fit`: `new CountVectorizer(saved.features, options)`.
   * @param features terms in the order of their columns.
   * @throws UserError for options that cannot be, no features, and equal ones.
   */
  constructor(
    readonly features: readonly string[],
    readonly options: TermOptions = {},
  ) {
    requireTermOptions(options);
    this.columns = new Map(features.map((feature, column) => [feature, column]));
    if (features.length === 0)
      throw new UserError(
        'CountVectorizer: no term is left as a feature. Give it more texts, or wider limits of document frequency.',
      );
    if (this.columns.size < features.length) throw new UserError('CountVectorizer: a feature occurs twice.');
  }

  /**
   * The terms of texts that are within the limits, ordered by code point.
   * @throws UserError when there are none, and for a single string.
   */
  static fit(texts: Iterable<string>, options: TermOptions & FeatureLimits = {}): CountVectorizer {
    requireTexts('CountVectorizer', texts);
    const { minDocumentFrequency = 1, maxDocumentFrequency = Infinity, maxFeatures, ...terms } = options;
    requireTermOptions(terms);
    if (maxFeatures !== undefined)
      requireOptions('CountVectorizer', 'a whole number from 1', { maxFeatures });
    requireOptions('CountVectorizer', 'a number from 0', { minDocumentFrequency, maxDocumentFrequency });
    const frequencies = new Map<string, number>();
    const occurrences = new Map<string, number>();
    let documents = 0;
    for (const text of texts) {
      documents++;
      const own = termsOf(text, terms);
      for (const term of own) occurrences.set(term, (occurrences.get(term) ?? 0) + 1);
      for (const term of new Set(own)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
    }
    const inTexts = (frequency: number) => (frequency < 1 ? frequency * documents : frequency);
    const [least, most] = [inTexts(minDocumentFrequency), inTexts(maxDocumentFrequency)];
    const features = [...frequencies]
      .filter(([, frequency]) => frequency >= least && frequency <= most)
      .map(([term]) => term)
      .sort(compareCodePoints);
    if (maxFeatures === undefined || features.length <= maxFeatures)
      return new CountVectorizer(features, terms);
    const kept = features.toSorted((a, b) => occurrences.get(b)! - occurrences.get(a)!).slice(0, maxFeatures);
    return new CountVectorizer(kept.sort(compareCodePoints), terms);
  }

  /** The terms of a text as they stand in it, the shorter ones first, be they features or not. */
  terms(text: string): string[] {
    return termsOf(text, this.options);
  }

  /**
   * A row per text: the counts of its features; terms that are no features count nothing.
   * @throws UserError for a single string.
   */
  transform(texts: Iterable<string>): SparseRows {
    requireTexts('CountVectorizer', texts);
    const offsets = [0];
    const indices: number[] = [];
    const values: number[] = [];
    for (const text of texts) {
      const counts = new Map<number, number>();
      for (const term of termsOf(text, this.options)) {
        const column = this.columns.get(term);
        if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
      }
      for (const column of [...counts.keys()].sort((a, b) => a - b)) {
        indices.push(column);
        values.push(counts.get(column)!);
      }
      offsets.push(indices.length);
    }
    return {
      rows: offsets.length - 1,
      columns: this.features.length,
      offsets: Int32Array.from(offsets),
      indices: Int32Array.from(indices),
      values: Float64Array.from(values),
    };
  }
}

function requireTermOptions({ analyzer = 'word', ngrams: [shortest, longest] = [1, 1] }: TermOptions): void {
  requireOneOf('CountVectorizer', ['word', 'character'], { analyzer });
  requireOptions('CountVectorizer', 'a whole number from 1', { 'ngrams[0]': shortest, 'ngrams[1]': longest });
  if (longest < shortest)
    throw new UserError(
      `CountVectorizer: ngrams is [${shortest}, ${longest}]; the shortest length comes first.`,
    );
}

function termsOf(
  text: string,
  { analyzer = 'word', lowercase = true, ngrams: [shortest, longest] = [1, 1] }: TermOptions,
): string[] {
  const read = lowercase ? text.toLowerCase() : text;
  const units: readonly string[] =
    analyzer === 'word' ? (read.match(words) ?? []) : Array.from(read.replace(whiteSpaces, ' '));
  const separator = analyzer === 'word' ? ' ' : '';
  const terms: string[] = [];
  for (let length = shortest; length <= Math.min(longest, units.length); length++)
    for (let start = 0; start + length <= units.length; start++)
      terms.push(units.slice(start, start + length).join(separator));
  return terms;
}
