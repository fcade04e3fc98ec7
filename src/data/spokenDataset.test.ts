import { describe, expect, it } from 'vitest';
import { UserError } from '../tensor/errors.js';
import { FrameSequences } from './frameSequences.js';
import { packSequences } from './sequences.js';
import { fitBands, SpokenDataset } from './spokenDataset.js';

/** Frames of two bands: the number of the recording, and the time. */
const recording = (number: number, frames: number) =>
  Float32Array.from({ length: 2 * frames }, (_, i) => (i % 2 === 0 ? number : i >> 1));
const lengths = [5, 2, 9, 3];
const sources = new FrameSequences({
  recordings: lengths.map((n, i) => recording(i, n)),
  bands: 2,
  stride: 4,
});

describe('sequences of frames', () => {
  it('are padded to a multiple of the stride', () => {
    const { frames, frameLengths, exampleIndex } = sources.batch(Int32Array.of(3, 0));
    expect(frames!.shape).toEqual([2, 8, 2]);
    expect([...frames!.data]).toEqual([
      ...[3, 0, 3, 1, 3, 2, ...new Array<number>(10).fill(0)],
      ...[0, 0, 0, 1, 0, 2, 0, 3, 0, 4, ...new Array<number>(6).fill(0)],
    ]);
    expect(frameLengths).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(3, 5) });
    expect(exampleIndex).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(3, 0) });
  });

  it('are measured from the shortest to the longest', () => {
    expect(sources.planEvaluation(3)).toEqual([Int32Array.of(1, 3, 0), Int32Array.of(2)]);
  });

  it('are whole frames', () => {
    const make = (length: number) => () =>
      new FrameSequences({ recordings: [recording(1, 1), new Float32Array(length)], bands: 2 });
    expect(make(3)).toThrow(
      new UserError('FrameSequences: recording 2 has 3 values, which do not make up frames of 2.'),
    );
    expect(make(0)).toThrow('recording 2 has 0 values');
  });
});

describe('recordings with texts', () => {
  const examples = lengths.map((_, i) => ({
    source: `${i}.wav`,
    references: ['x'],
    origin: `t: line ${i + 1}`,
  }));
  const targets = packSequences([[4, 5], [4], [5, 5, 4], []]);
  const dataset = new SpokenDataset({ examples, sources, targets });

  it('come in random batches of similar length, each once', () => {
    const plans = [0, 0, 1].map((epoch) => dataset.plan({ batchSize: 2 }, { seed: 1, epoch }));
    expect(plans[0]).toEqual(plans[1]);
    for (const plan of plans) expect(plan.flatMap((batch) => [...batch]).sort()).toEqual([0, 1, 2, 3]);
    // Within a window they are sorted: the two shortest stand together.
    expect(plans[0]!.map((batch) => [...batch].sort().join())).toContain('1,3');
    expect(() => dataset.plan({ batchTokens: 5 }, { seed: 1, epoch: 0 })).toThrow(
      /^t: line [13]: source and/,
    );
  });

  it('carry the tokens of their texts', () => {
    const { frames, labels, labelLengths } = dataset.batch(Int32Array.of(2, 3));
    expect(frames!.shape).toEqual([2, 12, 2]);
    expect(labels).toEqual({ dtype: 'int32', shape: [2, 3], data: Int32Array.of(5, 5, 4, 0, 0, 0) });
    expect(labelLengths!.data).toEqual(Int32Array.of(3, 0));
  });

  it('have a text each', () => {
    const one = { examples, sources, targets: packSequences([[4]]) };
    expect(() => new SpokenDataset(one)).toThrow('there are 4 examples, but 4 recordings and 1 targets');
  });
});

it('bands get mean 0 and deviation 1 by all frames; one that never changes is shifted', () => {
  const bands = [Float32Array.of(1, 0.1, 3, 0.1), Float32Array.of(8, 0.1)];
  const scaler = fitBands(bands, 2);
  expect(scaler.means[0]).toBeCloseTo(4, 12);
  expect(scaler.deviations[0]).toBeCloseTo(Math.sqrt((9 + 1 + 16) / 3), 12);
  expect(scaler.deviations[1]).toBe(1);
  expect(scaler.transform(bands[0]!)[1]).toBeCloseTo(0, 6);
});
