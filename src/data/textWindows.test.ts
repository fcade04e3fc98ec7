import { describe, expect, it } from 'vitest';
import { TextWindows } from './textWindows.js';

const text = Int32Array.from({ length: 103 }, (_, i) => i);
const windows = new TextWindows(text, 10);

describe('TextWindows', () => {
  it('reads whole windows, none twice, elsewhere in every epoch', () => {
    const phases = new Set<number>();
    for (let epoch = 0; epoch < 20; epoch++) {
      const starts = windows.plan({ batchSize: 3 }, { seed: 1, epoch }).flatMap((batch) => [...batch]);
      const sorted = starts.toSorted((a, b) => a - b);
      sorted.forEach((start, i) => expect(start).toBe(sorted[0]! + 10 * i));
      expect(sorted.at(-1)! + 10).toBeLessThan(text.length);
      expect(sorted.length).toBeGreaterThanOrEqual(9);
      phases.add(sorted[0]!);
    }
    expect(phases.size).toBeGreaterThan(5);
  });

  it('asks for the token after each one', () => {
    const { targetInput, labels, targetSlots } = windows.batch(Int32Array.of(20, 0));
    expect([...targetInput!.data]).toEqual([...text.slice(20, 30), ...text.slice(0, 10)]);
    expect([...labels!.data]).toEqual([...text.slice(21, 31), ...text.slice(1, 11)]);
    expect([...targetSlots!.data]).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('measures every token but the first once', () => {
    const labels = windows.planEvaluation(4).flatMap((starts) => [...windows.batch(starts)['labels']!.data]);
    expect(labels).toEqual([...text.slice(1)]);
  });

  it('makes batches of so many tokens', () => {
    const sizes = windows.plan({ batchTokens: 45 }, { seed: 1, epoch: 0 }).map((batch) => batch.length);
    expect(Math.max(...sizes)).toBe(4);
    expect(() => windows.plan({ batchTokens: 9 }, { seed: 1, epoch: 0 })).toThrow('less than the 10 tokens');
  });

  it('refuses a text without a whole window', () => {
    expect(() => new TextWindows(text.slice(0, 10), 10)).toThrow('too few for a window of 10');
  });
});
