import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../engine/engine.js';
import { randomBits } from '../tensor/random.js';
import { END, PAD, START } from '../text/vocabulary.js';
import { ctcBatch, pairBatch, sourceBatch, type IntTensor } from './batching.js';
import type { EncodedPairs } from './trainingData.js';
import { lengthOf, packSequences } from './sequences.js';

const dataset = makeDataset([[10, 11, 12], [13]], [[20], [21, 22], []], [0, 0, 1]);

function makeDataset(sources: number[][], targets: number[][], exampleOfPair: number[]): EncodedPairs {
  return {
    examples: sources.map((_, i) => ({ source: `s${i}`, references: ['r'], origin: `line ${i + 1}` })),
    sources: packSequences(sources),
    targets: packSequences(targets),
    exampleOfPair: Int32Array.from(exampleOfPair),
  };
}

const values = ({ shape, data }: IntTensor) => ({ shape, data: [...data] });

describe('pairBatch', () => {
  it('pads each side to its longest and points at the real target positions', () => {
    const batch = pairBatch(dataset, Int32Array.of(2, 1, 0));
    expect(values(batch.source)).toEqual({ shape: [3, 3], data: [13, PAD, PAD, 10, 11, 12, 10, 11, 12] });
    expect(values(batch.sourceLengths)).toEqual({ shape: [3], data: [1, 3, 3] });
    expect(values(batch.exampleIndex)).toEqual({ shape: [3], data: [2, 1, 0] });
    expect(values(batch.targetInput)).toEqual({
      shape: [3, 3],
      data: [START, PAD, PAD, START, 21, 22, START, 20, PAD],
    });
    expect(values(batch.targetLengths)).toEqual({ shape: [3], data: [1, 3, 2] });
    expect(values(batch.targetRows)).toEqual({ shape: [6], data: [0, 3, 4, 5, 6, 7] });
    expect(values(batch.targetSlots)).toEqual({ shape: [9], data: [1, 0, 0, 2, 3, 4, 5, 6, 0] });
    expect(values(batch.labels)).toEqual({ shape: [6], data: [END, 21, 22, END, 20, END] });
  });

  it('handles a single pair of length 1 with an empty target', () => {
    const batch = pairBatch(dataset, Int32Array.of(2));
    expect(values(batch.source)).toEqual({ shape: [1, 1], data: [13] });
    expect(values(batch.targetInput)).toEqual({ shape: [1, 1], data: [START] });
    expect(values(batch.labels)).toEqual({ shape: [1], data: [END] });
  });

  it('rows and slots are inverse for random lengths, and the pairs can be read back', () => {
    const random = (n: number, key: number, least: number) =>
      Array.from({ length: n }, (_, i) =>
        Array.from(
          { length: least + (randomBits(key, i) % 12) },
          (_, t) => 4 + (randomBits(key + i, t) % 30),
        ),
      );
    const targets = random(40, 2, 0);
    const large = makeDataset(random(40, 1, 1), targets, Array.from(targets.keys()));
    const pairs = Int32Array.from({ length: 25 }, (_, i) => (i * 7) % 40);
    const { targetRows, targetSlots, targetInput, labels, targetLengths } = pairBatch(large, pairs);
    const time = targetInput.shape[1]!;
    expect(Math.max(...pairs.map((pair) => lengthOf(large.targets, pair)))).toBe(time - 1);
    targetRows.data.forEach((row, slot) => expect(targetSlots.data[row]).toBe(slot + 1));
    expect(targetSlots.data.filter((slot) => slot > 0)).toHaveLength(targetRows.data.length);
    let slot = 0;
    pairs.forEach((pair, b) => {
      const length = targetLengths.data[b]!;
      expect([...labels.data.slice(slot, slot + length)]).toEqual([...targets[pair]!, END]);
      expect([...targetInput.data.slice(b * time, b * time + length)]).toEqual([START, ...targets[pair]!]);
      expect(targetInput.data.slice(b * time + length, (b + 1) * time).every((id) => id === PAD)).toBe(true);
      slot += length;
    });
    expect(slot).toBe(labels.data.length);
  });
});

describe('ctcBatch', () => {
  it('holds whole targets, padded to the longest', () => {
    const batch = ctcBatch(dataset, Int32Array.of(2, 1, 0));
    expect(values(batch.source)).toEqual({ shape: [3, 3], data: [13, PAD, PAD, 10, 11, 12, 10, 11, 12] });
    expect(values(batch.exampleIndex)).toEqual({ shape: [3], data: [2, 1, 0] });
    expect(values(batch.labels)).toEqual({ shape: [3, 2], data: [PAD, PAD, 21, 22, 20, PAD] });
    expect(values(batch.labelLengths)).toEqual({ shape: [3], data: [0, 2, 1] });
  });

  it('is 1 wide where all targets are empty', () => {
    expect(values(ctcBatch(dataset, Int32Array.of(2)).labels)).toEqual({ shape: [1, 1], data: [PAD] });
  });
});

it.each([pairBatch, ctcBatch])('a batch feeds the engine as it is', (make) => {
  const feeds: Record<string, HostTensor> = { ...make(dataset, Int32Array.of(0, 1)) };
  for (const { dtype, shape, data } of Object.values(feeds)) {
    expect(dtype).toBe('int32');
    expect(shape.reduce((product, dim) => product * dim, 1)).toBe(data.length);
  }
});

it('sourceBatch makes a batch of sources alone, with its own copy of the indices', () => {
  const indices = Int32Array.of(1, 0);
  const batch = sourceBatch(dataset.sources, indices);
  indices.fill(9);
  expect(values(batch.source)).toEqual({ shape: [2, 3], data: [13, PAD, PAD, 10, 11, 12] });
  expect(values(batch.sourceLengths)).toEqual({ shape: [2], data: [1, 3] });
  expect(values(batch.exampleIndex)).toEqual({ shape: [2], data: [1, 0] });
});
