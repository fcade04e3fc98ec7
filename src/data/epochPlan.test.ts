import { describe, expect, it } from 'vitest';
import { randomBits } from '../tensor/random.js';
import { pairBatch } from './batching.js';
import type { BatchLimit, EncodedPairs } from './trainingData.js';
import { planEpoch, planEvaluation, planSources } from './epochPlan.js';
import { lengthOf, packSequences } from './sequences.js';

/** n pairs: two targets of 0–22 tokens for every source of 1–20, a little shorter or longer than it. */
function makeDataset(n: number, lengthOfSource = (i: number) => 1 + (randomBits(1, i) % 20)): EncodedPairs {
  const examples = Array.from({ length: Math.ceil(n / 2) }, (_, i) => ({
    source: `s${i}`,
    references: ['r'],
    origin: `x.tsv: line ${i + 1}`,
  }));
  const exampleOfPair = Int32Array.from({ length: n }, (_, i) => i >> 1);
  const lengthOfTarget = (example: number, i: number) => lengthOfSource(example) - 1 + (randomBits(2, i) % 4);
  return {
    examples,
    sources: packSequences(examples.map((_, i) => new Int32Array(lengthOfSource(i)).fill(5))),
    targets: packSequences(Array.from(exampleOfPair, (e, i) => new Int32Array(lengthOfTarget(e, i)).fill(6))),
    exampleOfPair,
  };
}

const sorted = (plan: Int32Array[]) => plan.flatMap((batch) => [...batch]).sort((a, b) => a - b);
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const asArrays = (plan: Int32Array[]) => plan.map((batch) => [...batch]);

function shareOfRealTargets(dataset: EncodedPairs, plan: Int32Array[]): number {
  let real = 0;
  let positions = 0;
  for (const pairs of plan) {
    const batch = pairBatch(dataset, pairs);
    real += batch.labels.data.length;
    positions += batch.targetSlots.data.length;
  }
  return real / positions;
}

const limits = [{ batchSize: 32 }, { batchTokens: 600 }];

describe.each(limits)('planEpoch with %o', (limit) => {
  const dataset = makeDataset(5001);

  it.each(['length', 'none'] as const)('has every pair once, bucketed by %s', (bucketBy) => {
    expect(sorted(planEpoch(dataset, limit, { seed: 1, epoch: 0, bucketBy }))).toEqual(range(5001));
  });

  it.each(['length', 'none'] as const)('is a function of seed and epoch, bucketed by %s', (bucketBy) => {
    const plan = (seed: number, epoch: number) =>
      asArrays(planEpoch(dataset, limit, { seed, epoch, bucketBy }));
    expect(plan(1, 3)).toEqual(plan(1, 3));
    expect(plan(1, 4)).not.toEqual(plan(1, 3));
    expect(plan(2, 3)).not.toEqual(plan(1, 3));
  });

  it('fills batches with real tokens, in an order without a trend in length', () => {
    const plan = planEpoch(dataset, limit, { seed: 1, epoch: 0 });
    expect(shareOfRealTargets(dataset, plan)).toBeGreaterThan(0.85);
    const meanLength = (batches: Int32Array[]) => {
      const lengths = batches.flatMap((batch) =>
        [...batch].map((pair) => lengthOf(dataset.sources, pair >> 1)),
      );
      return lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    };
    const half = plan.length >> 1;
    expect(Math.abs(meanLength(plan.slice(0, half)) - meanLength(plan.slice(half)))).toBeLessThan(3);
  });

  it('mixes the pairs anew in every epoch', () => {
    const companions = (epoch: number) => {
      const batch = planEpoch(dataset, limit, { seed: 1, epoch }).find((pairs) => pairs.includes(7))!;
      return new Set(batch);
    };
    const first = companions(0);
    expect([...companions(1)].filter((pair) => first.has(pair)).length).toBeLessThan(first.size / 2);
  });

  it.each([1, 2, 31, 32, 33])('handles a data set of %i pairs', (n) => {
    expect(sorted(planEpoch(makeDataset(n), limit, { seed: 1, epoch: 0 }))).toEqual(range(n));
  });

  it('handles pairs of one length', () => {
    const plan = planEpoch(
      makeDataset(1000, () => 4),
      limit,
      { seed: 1, epoch: 0 },
    );
    expect(sorted(plan)).toEqual(range(1000));
    expect([...plan[0]!]).not.toEqual([...plan[0]!].sort((a, b) => a - b));
  });
});

describe('batch limits', () => {
  const dataset = makeDataset(5001);

  it.each(['length', 'none'] as const)(
    'batchSize is exact except in the last batch, bucketed by %s',
    (bucketBy) => {
      const sizes = planEpoch(dataset, { batchSize: 32 }, { seed: 1, epoch: 0, bucketBy }).map(
        ({ length }) => length,
      );
      expect(sizes.pop()).toBe(5001 % 32);
      expect(new Set(sizes)).toEqual(new Set([32]));
    },
  );

  it.each(['length', 'none'] as const)('batchTokens bounds the padded tokens, bucketed by %s', (bucketBy) => {
    for (const pairs of planEpoch(dataset, { batchTokens: 600 }, { seed: 1, epoch: 0, bucketBy })) {
      const { source, targetInput } = pairBatch(dataset, pairs);
      expect(source.data.length + targetInput.data.length).toBeLessThanOrEqual(600);
    }
  });

  it('leaves only one batch over with batchTokens', () => {
    const plan = planEpoch(dataset, { batchTokens: 600 }, { seed: 1, epoch: 0 });
    for (const pairs of plan.slice(0, -1)) {
      const { source, targetInput } = pairBatch(dataset, pairs);
      expect(source.data.length + targetInput.data.length).toBeGreaterThan(400);
    }
  });

  it.each([{ batchSize: 0 }, { batchSize: NaN }, { batchTokens: -1 }])('refuses the limit %o', (limit) => {
    const [[name, value]] = Object.entries(limit) as [[string, number]];
    const message = `batches: ${name} is ${value}; it must be a whole number from 1.`;
    expect(() => planEpoch(dataset, limit as BatchLimit, { seed: 1, epoch: 0 })).toThrow(message);
    expect(() => planEvaluation(dataset, limit as BatchLimit)).toThrow(message);
    if (name === 'batchSize') expect(() => planSources(dataset.sources, value)).toThrow(message);
  });

  it('names a pair that exceeds batchTokens', () => {
    expect(() => planEpoch(makeDataset(10), { batchTokens: 2 }, { seed: 1, epoch: 0 })).toThrow(
      /^x\.tsv: line \d: source and target have \d+ tokens together, more than batchTokens 2\. Raise batchTokens/,
    );
  });
});

describe('plans without training', () => {
  const dataset = makeDataset(501);

  it.each(limits)('planEvaluation has every pair once, with little padding: %o', (limit) => {
    const plan = planEvaluation(dataset, limit);
    expect(sorted(plan)).toEqual(range(501));
    expect(asArrays(planEvaluation(dataset, limit))).toEqual(asArrays(plan));
    const random = planEpoch(dataset, limit, { seed: 1, epoch: 0, bucketBy: 'none' });
    expect(shareOfRealTargets(dataset, plan)).toBeGreaterThan(shareOfRealTargets(dataset, random));
  });

  it('planSources has every source once, the short ones first', () => {
    const plan = planSources(dataset.sources, 64);
    expect(sorted(plan)).toEqual(range(251));
    const lengths = plan.flatMap((batch) => [...batch].map((i) => lengthOf(dataset.sources, i)));
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    expect(plan.map(({ length }) => length)).toEqual([64, 64, 64, 59]);
  });
});
