import { expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { smallTransformer } from '../../test/support/seq2seqCases.js';
import { encodeExamples } from '../data/dataset.js';
import { trainEncoding } from '../data/trainEncoding.js';
import type { DecodedMetricName } from '../metrics/decodedMetrics.js';
import type { TokenizerType } from '../text/tokenizer.js';
import { END } from '../text/vocabulary.js';
import { measureAnswers } from './decodedAnswers.js';
import { Evaluator } from './evaluator.js';

const reference = 'the cat猫';

function measure(
  tokenizer: TokenizerType,
  cut: (tokens: string[]) => string[],
  texts: readonly DecodedMetricName[] = [],
) {
  const encoding = trainEncoding([reference, 'the cats'], { tokenizer, vocabularySize: 300 });
  const ids = encoding.vocabulary.encode(cut(encoding.tokenizer.tokenize(reference)), { unknown: 'error' });
  const hypothesis = { ids: [...ids, END], logProbability: 0, score: 0 };
  const examples = [{ source: 'x', references: [reference], origin: 'here' }];
  return measureAnswers({ examples }, [[hypothesis]], encoding, {
    metrics: ['per', 'cer', 'exactMatch', 'loss', ...texts],
  });
}

it('compares answers in the tokens of plain tokenizers', () => {
  const { values, answers } = measure('word', (tokens) => tokens.slice(0, 1));
  expect(values).toEqual({ per: 1 / 2, cer: 5 / 8, exactMatch: 0 });
  expect(answers).toEqual([{ source: 'x', references: [reference], prediction: 'the' }]);
});

it('compares answers in subwords by their text, whatever the cut', () => {
  for (const type of ['bpe', 'byte-bpe', 'wordpiece', 'unigram'] as const) {
    const same = measure(type, (tokens) => tokens);
    expect(same.values).toEqual({ per: 0, cer: 0, exactMatch: 1 });
  }
  const letters = measure('byte-bpe', (tokens) => tokens.flatMap((token) => [...token]));
  expect(letters.values).toEqual({ per: 0, cer: 0, exactMatch: 1 });
  // The last of the three bytes of 猫 is missing.
  const cut = measure('byte-bpe', (tokens) => tokens.flatMap((token) => [...token]).slice(0, -1));
  expect(cut.values).toEqual({ per: 1 / 8, cer: 1 / 8, exactMatch: 0 });
});

it('measures texts as people read them, in any tokens, and says how', () => {
  for (const type of ['character', 'word', 'bpe', 'unigram'] as const) {
    const measured = measure(type, (tokens) => tokens, ['chrf', 'wordEditRate']);
    expect(measured.values).toMatchObject({ chrf: 100, wordEditRate: 0 });
    expect(measured.signatures.chrf).toMatch(/^nrefs:1\|/);
    const { examples, measure: of } = measured.measurables.chrf!;
    expect(of([examples[0], examples[0]])).toBe(100);
  }
});

it('knows its metrics by their names', async () => {
  const [engine, encoding] = [await testEngine(), trainEncoding([reference], { tokenizer: 'word' })];
  const examples = [{ source: 'the', references: ['cat猫'], origin: 'here' }];
  const pairs = encodeExamples(examples, { source: encoding, target: encoding });
  const evaluator = new Evaluator(engine, smallTransformer(), new Map(), {
    source: encoding,
    target: encoding,
  });
  await expect(evaluator.evaluate(pairs, { metrics: ['loss', 'BLEU' as 'bleu'] })).rejects.toThrow(
    "Evaluator has no metric 'BLEU'. Did you mean 'bleu'? Valid here: loss, perplexity, tokenAccuracy,",
  );
});
