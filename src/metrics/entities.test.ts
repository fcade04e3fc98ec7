import { describe, expect, it } from 'vitest';
import { entitiesOf, entityFigures, tagMetrics } from './entities.js';

const split = (tags: string) => tags.split(' ');

describe('entities of BIO tags', () => {
  it.each([
    ['O B-PER I-PER O B-LOC', ['1-3 PER', '4-5 LOC']],
    ['B-PER B-PER I-PER', ['0-1 PER', '1-3 PER']],
    // Tags that break the scheme are read as conlleval reads them.
    ['I-PER I-PER O I-LOC', ['0-2 PER', '3-4 LOC']],
    ['B-PER I-LOC I-LOC', ['0-1 PER', '1-3 LOC']],
    ['O O', []],
    ['B-A-B I-A-B', ['0-2 A-B']],
  ])('%s', (tags, expected) => {
    expect(entitiesOf(split(tags)).map(({ start, end, type }) => `${start}-${end} ${type}`)).toEqual(
      expected,
    );
  });

  // The example in seqeval's documentation: F1 0.5.
  it('count only when type and both ends are right', () => {
    const texts = [
      {
        labels: split('O O O B-MISC I-MISC I-MISC O'),
        predictions: split('O O B-MISC I-MISC I-MISC I-MISC O'),
      },
      { labels: split('B-PER I-PER O'), predictions: split('B-PER I-PER O') },
    ];
    expect(entityFigures(texts)).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, support: 2 });
    expect(tagMetrics.tagAccuracy.compute(texts)).toBeCloseTo(0.8, 12);
    for (const [name, metric] of Object.entries(tagMetrics)) {
      expect(metric.name).toBe(name);
      const { examples, measure } = metric.over(texts);
      expect(measure(examples)).toBe(metric.compute(texts));
    }
    const { examples, measure } = tagMetrics.entityF1.over(texts);
    expect(measure([examples[1], examples[1]])).toBe(1);
  });

  it('are 0 where nothing is found, and need a token', () => {
    const texts = [{ labels: split('B-PER O'), predictions: split('O O') }];
    expect(entityFigures(texts)).toEqual({ precision: 0, recall: 0, f1: 0, support: 1 });
    expect(() => tagMetrics.tagAccuracy.compute([])).toThrow('a metric needs at least one token');
  });
});
