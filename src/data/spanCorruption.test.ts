import { describe, expect, it } from 'vitest';
import { sentinelTokens } from '../text/reservedTokens.js';
import { Vocabulary } from '../text/vocabulary.js';
import { DenoisingTexts } from './denoisingTexts.js';
import { packSequences } from './sequences.js';
import { corruptSpans, fillSpans, spanCounts, spansOf } from './spanCorruption.js';

const vocabulary = new Vocabulary([...'abcdefghij'], sentinelTokens(5));
const sentinels = Array.from({ length: 5 }, (_, i) => vocabulary.reservedId(`<extra_id_${i}>`));
const text = (length: number) => Int32Array.from({ length }, (_, i) => 4 + (i % 10));

describe('span corruption', () => {
  it('loses nothing: the spans fill the gaps, whatever the length', () => {
    for (const rate of [0.15, 0.5])
      for (let length = 1; length <= 120; length++) {
        const ids = text(length);
        const { source, target } = corruptSpans(ids, length, { sentinels, rate });
        expect(fillSpans(source, target, sentinels)).toEqual([...ids]);
        const { noise, spans } = spanCounts(length, { sentinels, rate });
        expect(source).toHaveLength(length - noise + spans);
        expect(target).toHaveLength(noise + spans);
        expect(spans).toBeLessThanOrEqual(5);
        expect(source.filter((id) => sentinels.includes(id))).toEqual(sentinels.slice(0, spans));
        expect(target.filter((id) => sentinels.includes(id))).toEqual(sentinels.slice(0, spans));
        // Never all of several tokens, and never two spans side by side.
        if (length > 1) expect(source.length).toBeGreaterThan(spans);
        source.forEach((id, i) => {
          if (i > 0 && sentinels.includes(id)) expect(sentinels).not.toContain(source[i - 1]);
        });
      }
  });

  it('takes out 15 % in spans of three on average, elsewhere with each key', () => {
    expect(spanCounts(100, { sentinels })).toEqual({ noise: 15, spans: 5 });
    expect(spanCounts(100, { sentinels, meanSpan: 5 })).toEqual({ noise: 15, spans: 3 });
    expect(spanCounts(2, { sentinels, rate: 0.9 })).toEqual({ noise: 1, spans: 1 });
    const sources = new Set(
      Array.from({ length: 50 }, (_, key) => corruptSpans(text(60), key, { sentinels }).source.join()),
    );
    expect(sources.size).toBeGreaterThan(48);
  });

  it('takes out a single span anywhere, as often at one place as at another', () => {
    const counts = new Map<number, number>();
    for (let key = 0; key < 3000; key++) {
      const { source } = corruptSpans(text(12), key, { sentinels });
      const place = source.indexOf(sentinels[0]!);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // Binomial: 3000 ÷ 11 = 273 each, with a standard deviation of 16.
    for (const count of counts.values()) expect(Math.abs(count - 273)).toBeLessThan(64);
  });

  it('says how many sentinels a text could use', () => {
    expect(spanCounts(100, { rate: 0.5, meanSpan: 2 })).toEqual({ noise: 50, spans: 25 });
    expect(spanCounts(100, { rate: 0.5, meanSpan: 2, sentinels })).toEqual({ noise: 50, spans: 5 });
  });

  it('leaves a span without an answer out', () => {
    const [x, y] = sentinels as [number, number];
    expect(fillSpans([4, x, 5, y], [7, y, 8, 9], sentinels)).toEqual([4, 5, 8, 9]);
    expect(spansOf([7, y, 8, 9], sentinels)).toEqual([[], [8, 9], [], [], []]);
  });
});

describe('denoising texts', () => {
  const texts = packSequences([text(20), text(7), text(40), text(1)]);
  const data = new DenoisingTexts(texts, vocabulary);

  it('are corrupted anew in each epoch, as pairs of source and target', () => {
    const sourcesOf = (epoch: number) =>
      data
        .plan({ batchTokens: 100 }, { seed: 1, epoch })
        .flatMap((indices) => Array.from(data.batch(indices).source.data));
    expect(sourcesOf(2)).toEqual(sourcesOf(2));
    expect(sourcesOf(2)).not.toEqual(sourcesOf(3));
    const [indices] = data.planEvaluation(4);
    const batch = data.batch(indices!);
    expect(batch.sourceLengths.data).toEqual(Int32Array.of(1, 7, 18, 36));
    expect(batch.targetLengths.data).toEqual(Int32Array.of(3, 3, 5, 9));
    expect(batch.exampleIndex.data).toEqual(indices);
  });

  it('need sentinels in the vocabulary', () => {
    expect(() => new DenoisingTexts(texts, new Vocabulary(['a'], ['<mask>']))).toThrow('has no sentinel');
    expect(() => new DenoisingTexts(texts, vocabulary, { rate: 1 })).toThrow('rate is 1');
    expect(() => new DenoisingTexts(texts, vocabulary, { meanSpan: 0 })).toThrow('meanSpan is 0');
  });
});
