import { CountVectorizer } from '../text/countVectorizer.js';
import { normalizeText, type TextNormalization } from '../text/normalization.js';
import { TfidfVectorizer } from '../text/tfidfVectorizer.js';
import type { BagEncoding } from '../text/vectorizerJson.js';
import type { BagConfig } from './classificationSchema.js';

/** The terms of training texts, and their weights. @throws UserError when no term is left. */
export function learnBag(
  texts: readonly string[],
  { analyzer, ngrams, lowercase, minTexts, maxTerms, weights }: BagConfig,
  { unicode, collapseSpaces, lowercase: lowered }: TextNormalization,
): BagEncoding {
  const normalization = { unicode, collapseSpaces, lowercase: lowered };
  const options = {
    ...{ analyzer, ngrams, lowercase },
    ...{ minDocumentFrequency: minTexts, maxFeatures: maxTerms },
  };
  const normalized = texts.map((text) => normalizeText(text, normalization));
  const vectorizer =
    weights === 'tf-idf'
      ? TfidfVectorizer.fit(normalized, { ...options, sublinear: true })
      : CountVectorizer.fit(normalized, options);
  return { vectorizer, normalization };
}
