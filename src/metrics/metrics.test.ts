import { describe, expect, it } from 'vitest';
import { decodedMetricNames, decodedMetrics } from './decodedMetrics.js';
import { nearestReference } from './errorRates.js';
import { isBetter, isDecodedMetric, isOnDemand, pairMetricNames, tokenMetrics } from './metrics.js';

const words = (text: string) => (text === '' ? [] : text.split(' '));
const example = (prediction: string, ...references: string[]) => ({
  prediction: words(prediction),
  references: references.map(words),
});

describe('error rates', () => {
  const examples = [
    example('AH B AW T', 'AH B AW T'),
    example('T AH M EY T OW', 'T AH M AA T OW', 'T AH M EY T OW'),
    example('K AE T', 'K AA T S', 'K AH'), // 2 edits to either: the longer one counts
  ];

  it('per sums edits to the nearest reference over its length', () => {
    expect(decodedMetrics.per.compute(examples)).toBeCloseTo(2 / (4 + 6 + 4), 12);
  });

  it('wer is the share of sources that match no reference, exactMatch the rest', () => {
    expect(decodedMetrics.wer.compute(examples)).toBeCloseTo(1 / 3, 12);
    expect(decodedMetrics.exactMatch.compute(examples)).toBeCloseTo(2 / 3, 12);
  });

  it('breaks ties by the longest reference, whatever the order', () => {
    const [prediction, references] = [words('a b'), [words('a'), words('a b c')]];
    expect(nearestReference(prediction, references)).toEqual({ edits: 1, length: 3 });
    expect(nearestReference(prediction, references.reverse())).toEqual({ edits: 1, length: 3 });
  });

  it('cer counts code points of the joined text', () => {
    expect(decodedMetrics.cer.compute([example('c a t', 'c u t')])).toBeCloseTo(1 / 3, 12);
    expect(decodedMetrics.cer.compute([example('the cat', 'the cut')], ' ')).toBeCloseTo(1 / 7, 12);
    expect(decodedMetrics.cer.compute([example('the cat', 'thecat')], ' ')).toBeCloseTo(1 / 6, 12);
    expect(decodedMetrics.cer.compute([example('😀', '😁')])).toBe(1);
  });

  it('handles empty predictions and empty references', () => {
    expect(decodedMetrics.per.compute([example('', 'a b')])).toBe(1);
    expect(decodedMetrics.per.compute([example('', '')])).toBe(0);
    expect(decodedMetrics.wer.compute([example('', '')])).toBe(0);
    expect(decodedMetrics.per.compute([example('a', '')])).toBe(Infinity);
    expect(decodedMetrics.per.compute([example('a b c', 'x')])).toBe(3);
  });

  it('refuses nothing to score', () => {
    for (const name of decodedMetricNames) {
      expect(() => decodedMetrics[name].compute([])).toThrow('at least one example');
      expect(() => decodedMetrics[name].compute([{ prediction: ['a'], references: [] }])).toThrow(
        'reference',
      );
    }
  });
});

describe('metrics of texts', () => {
  it('join tokens by the separator, or take the texts as they are', () => {
    const examples = [example('the cat sat on it', 'the cat sat on it')];
    const spoilt = [{ ...examples[0]!, text: { prediction: 'no', references: ['the cat sat on it'] } }];
    expect(decodedMetrics.bleu.compute(examples, ' ')).toBeCloseTo(100, 10);
    expect(decodedMetrics.wordEditRate.compute(examples, ' ')).toBe(0);
    expect(decodedMetrics.bleu.compute(spoilt, ' ')).toBe(0);
    expect(decodedMetrics.wordEditRate.compute(spoilt, ' ')).toBe(1);
  });

  it('heed their settings, and say so', () => {
    const examples = [example('他说好了', '他说好了')];
    const options = { bleu: { tokenizer: 'zh' as const }, chrf: { wordOrder: 2 } };
    expect(decodedMetrics.bleu.compute(examples, '')).toBe(0);
    expect(decodedMetrics.bleu.compute(examples, '', options)).toBeCloseTo(100, 10);
    expect(decodedMetrics.bleu.signature!(examples, '', options)).toContain('|tok:zh|');
    expect(decodedMetrics.chrf.signature!(examples, '', options)).toContain('|nw:2|');
    expect(decodedMetrics.per.signature).toBeUndefined();
  });
});

describe('token metrics', () => {
  it('divide sums by the number of real tokens', () => {
    const sums = { loss: 20, correct: 7, tokens: 10 };
    expect(tokenMetrics.loss.compute(sums)).toBe(2);
    expect(tokenMetrics.perplexity.compute(sums)).toBeCloseTo(Math.exp(2), 12);
    expect(tokenMetrics.tokenAccuracy.compute(sums)).toBe(0.7);
    expect(() => tokenMetrics.loss.compute({ loss: 0, correct: 0, tokens: 0 })).toThrow('at least one token');
  });
});

describe('registry', () => {
  it('lists every name once, under its own key', () => {
    expect(pairMetricNames).toEqual([
      'loss',
      'perplexity',
      'tokenAccuracy',
      'per',
      'cer',
      'wer',
      'exactMatch',
      'wordEditRate',
      'bleu',
      'chrf',
      'ter',
      'rouge1',
      'rouge2',
      'rougeL',
    ]);
    expect(pairMetricNames.filter((name) => !isOnDemand(name))).toEqual(pairMetricNames.slice(0, 7));
    for (const [key, metric] of Object.entries({ ...tokenMetrics, ...decodedMetrics })) {
      expect(metric.name).toBe(key);
    }
    expect(pairMetricNames.filter(isDecodedMetric)).toEqual(decodedMetricNames);
  });

  it('knows which way is better', () => {
    expect(isBetter('per', 0.1, 0.2)).toBe(true);
    expect(isBetter('per', 0.2, 0.2)).toBe(false);
    expect(isBetter('exactMatch', 0.1, 0.2)).toBe(false);
    expect(isBetter('tokenAccuracy', 0.3, 0.2)).toBe(true);
    expect(isBetter('loss', NaN, 1)).toBe(false);
    expect(isBetter('loss', 1, NaN)).toBe(true);
  });
});
