import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CountVectorizer } from './countVectorizer.js';
import { toDense } from './sparseRows.js';
import { TfidfVectorizer, type TfidfOptions } from './tfidfVectorizer.js';
import { bagsOf, featuresOfBag, vectorizerFromJson, vectorizerToJson } from './vectorizerJson.js';

// test/fixtures/vectorizers.py
const { learn, ask, cases } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/vectorizers/cases.json', import.meta.url), 'utf8'),
) as {
  learn: string[];
  ask: string[];
  cases: Record<
    string,
    { options: TfidfOptions; features: string[]; counts: number[][]; weights: number[][] }
  >;
};

describe.each(Object.entries(cases))('with options "%s"', (_, { options, features, counts, weights }) => {
  it('has the features, counts and weights of scikit-learn', () => {
    const count = CountVectorizer.fit(learn, options);
    expect(count.features).toEqual(features);
    const counted = count.transform([...learn, ...ask]);
    expect([counted.rows, counted.columns]).toEqual([learn.length + ask.length, features.length]);
    expect([...toDense(counted)]).toEqual(counts.flat());
    const weighted = toDense(TfidfVectorizer.fit(learn, options).transform([...learn, ...ask]));
    const differences = weights.flat().map((weight, i) => Math.abs(weight - weighted[i]!));
    expect(Math.max(...differences)).toBeLessThan(1e-9);
  });
});

it('gives sparse rows in the order of columns, and is made again from what it has learnt', () => {
  const fitted = TfidfVectorizer.fit(['b a a', 'c b'], { analyzer: 'character' });
  const { offsets, indices, values, rows, columns } = fitted.transform(['ab', '', 'cx']);
  expect([rows, columns]).toEqual([3, 4]);
  expect([...offsets]).toEqual([0, 2, 2, 3]);
  expect([...indices]).toEqual([1, 2, 3]);
  expect(values[0]! ** 2 + values[1]! ** 2).toBeCloseTo(1, 12);
  const counts = new CountVectorizer(fitted.counts.features, { analyzer: 'character' });
  const again = new TfidfVectorizer(counts, fitted.idf);
  expect(again.transform(['ab', '', 'cx'])).toEqual(fitted.transform(['ab', '', 'cx']));
});

it('keeps the most frequent terms, of equal ones those before', () => {
  const { features } = CountVectorizer.fit(['dd cc bb', 'aa dd', 'ee ee ee'], { maxFeatures: 4 });
  expect(features).toEqual(['aa', 'bb', 'dd', 'ee']);
});

describe('a file of it', () => {
  const normalization = { unicode: 'NFKC', lowercase: true } as const;
  it.each([
    CountVectorizer.fit(learn, { analyzer: 'character', ngrams: [1, 3], maxFeatures: 20 }),
    TfidfVectorizer.fit(learn, { lowercase: false, norm: 'none', sublinear: true }),
  ])('gives the same rows', (vectorizer) => {
    const encoding = { vectorizer, normalization };
    const read = vectorizerFromJson(JSON.parse(JSON.stringify(vectorizerToJson(encoding))), 'v.json');
    expect(bagsOf([...learn, ...ask, 'ＴＨＥ'], read)).toEqual(bagsOf([...learn, ...ask, 'the'], encoding));
    expect(featuresOfBag(read)).toEqual(featuresOfBag(encoding));
  });

  it.each([
    [{}, /v\.json: no vectorizer that heddle wrote/],
    [{ features: ['a'], terms: {}, idf: ['1'], normalization: {} }, /"1" among idf is no weight/],
    [{ features: ['a'], terms: { analyzer: 'x' }, normalization: {} }, /analyzer is 'x'/],
  ])('is refused where it was edited: %j', (json, message) => {
    expect(() => vectorizerFromJson(json, 'v.json')).toThrow(message);
  });
});

describe('what cannot be', () => {
  it.each([
    [() => CountVectorizer.fit([]), /CountVectorizer: no term is left as a feature/],
    [() => CountVectorizer.fit(['ab'], { minDocumentFrequency: 2 }), /no term is left/],
    [
      () => CountVectorizer.fit(['ab'], { ngrams: [2, 1] }),
      /ngrams is \[2, 1\]; the shortest length comes first/,
    ],
    [
      () => CountVectorizer.fit(['ab'], { ngrams: [0, 1] }),
      /ngrams\[0\] is 0; it must be a whole number from 1/,
    ],
    [() => CountVectorizer.fit(['ab'], { maxFeatures: 0 }), /maxFeatures is 0/],
    [() => CountVectorizer.fit(['ab'], { maxDocumentFrequency: -1 }), /maxDocumentFrequency is -1/],
    [
      () => CountVectorizer.fit(['ab'], { analyzer: 'char' as 'word' }),
      /analyzer is 'char'; it must be 'word' or/,
    ],
    [() => new CountVectorizer(['a', 'a']), /a feature occurs twice/],
    [() => new TfidfVectorizer(new CountVectorizer(['a']), []), /there are 0 weights for 1 features/],
    [() => TfidfVectorizer.fit(['ab'], { norm: 'l1' as 'l2' }), /norm is 'l1'; it must be 'l2' or 'none'/],
  ])('%s is refused', (make, message) => {
    expect(make).toThrow(message);
  });
});
