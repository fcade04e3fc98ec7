import { UserError } from '../tensor/errors.js';
import { CountVectorizer } from './countVectorizer.js';
import { normalizeText, type TextNormalization } from './normalization.js';
import type { SparseRows } from './sparseRows.js';
import { TfidfVectorizer } from './tfidfVectorizer.js';

/** How texts become bags of weighted terms. */
export interface BagEncoding {
  readonly vectorizer: CountVectorizer | TfidfVectorizer;
  /** What is made equal in texts before. */
  readonly normalization: TextNormalization;
}

/** What counts the terms of a bag. */
export function countsOfBag({ vectorizer }: BagEncoding): CountVectorizer {
  return vectorizer instanceof TfidfVectorizer ? vectorizer.counts : vectorizer;
}

/** The terms of a bag, in the order of their columns. */
export function featuresOfBag(bag: BagEncoding): readonly string[] {
  return countsOfBag(bag).features;
}

/** A row per text: the weights of its terms. */
export function bagsOf(texts: readonly string[], { vectorizer, normalization }: BagEncoding): SparseRows {
  return vectorizer.transform(texts.map((text) => normalizeText(text, normalization)));
}

/** The encoding as a file keeps it. */
export function vectorizerToJson(bag: BagEncoding) {
  const { vectorizer, normalization } = bag;
  const { features, options } = countsOfBag(bag);
  return {
    normalization,
    terms: options,
    features,
    ...(vectorizer instanceof TfidfVectorizer && { weights: vectorizer.options, idf: vectorizer.idf }),
  };
}

/**
 * Reads what {@link vectorizerToJson} wrote.
 * @param where the file's name, for messages.
 * @throws UserError when the value is something else.
 */
export function vectorizerFromJson(json: unknown, where: string): BagEncoding {
  try {
    const { normalization, terms, features, weights, idf } = json as ReturnType<typeof vectorizerToJson>;
    const counts = new CountVectorizer(strings(features), terms);
    const vectorizer = idf === undefined ? counts : new TfidfVectorizer(counts, numbers(idf), weights);
    normalizeText('', normalization);
    return { vectorizer, normalization };
  } catch (error) {
    throw new UserError(
      `${where}: no vectorizer that heddle wrote (${(error as Error).message}) Restore the file, or train a new run.`,
      { cause: error },
    );
  }
}

function strings(value: readonly unknown[]): string[] {
  return value.map((each) => {
    if (typeof each !== 'string') throw new TypeError(`${JSON.stringify(each)} among features is no term.`);
    return each;
  });
}

function numbers(value: readonly unknown[]): number[] {
  return value.map((each) => {
    if (typeof each !== 'number') throw new TypeError(`${JSON.stringify(each)} among idf is no weight.`);
    return each;
  });
}
