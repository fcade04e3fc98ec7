import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CountVectorizer } from './countVectorizer.js';
import { toDense } from './sparseRows.js';
import { TfidfVectorizer, type TfidfOptions } from './tfidfVectorizer.js';

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
