import { describe, expect, it } from 'vitest';
import type { Feeds } from '../engine/feeds.js';
import { UNKNOWN } from '../text/vocabulary.js';
import {
  addNoise,
  cropImages,
  dropTokens,
  flipImages,
  rotateTokens,
  shiftImages,
  shiftSeries,
} from './augmentations.js';
import { AugmentedData, type Augmentation } from './augmentedData.js';
import { classLabels } from './labels.js';
import { packSequences } from './sequences.js';
import { TensorExamples } from './tensorExamples.js';
import { TextExamples } from './textExamples.js';

/** Every value of an image is its place, from 1 on. */
const side = 5;
const image = Float32Array.from({ length: side * side }, (_, i) => i + 1);
const count = 200;

function images(augmentation: Augmentation): Float32Array[] {
  const values = Float32Array.from({ length: count * image.length }, (_, i) => image[i % image.length]!);
  const data = new TensorExamples({
    input: 'image',
    shape: [1, side, side],
    values,
    labels: [classLabels(new Int32Array(count))],
  });
  const feeds = new AugmentedData(data, count, [augmentation]).batch(
    Int32Array.from({ length: count }, (_, i) => i),
  );
  const all = feeds['image']!.data as Float32Array;
  expect(values[0]).toBe(1);
  return Array.from({ length: count }, (_, i) => all.slice(i * image.length, (i + 1) * image.length));
}

const texts = packSequences([
  [11, 12, 13, 14, 15, 16, 17, 18],
  [21, 22, 23],
]);
function sources(augmentation: Augmentation, epoch = 0): number[][] {
  const data = new AugmentedData(new TextExamples(texts), 2, [augmentation]);
  const [batch] = data.plan({ batchSize: 2 }, { seed: 1, epoch });
  const { source } = data.batch(batch!.slice().sort()) as Feeds & Record<'source', { data: Int32Array }>;
  return [[...source.data.subarray(0, 8)], [...source.data.subarray(8)]];
}

describe('images', () => {
  it('are shifted by all offsets, with zeros coming in', () => {
    const found = new Set(
      images(shiftImages({ pixels: 1 })).map((values) => {
        const middle = values[2 * side + 2]!;
        const [down, right] = [2 - Math.floor((middle - 1) / side), 2 - ((middle - 1) % side)];
        for (let y = 0; y < side; y++)
          for (let x = 0; x < side; x++) {
            const [fromY, fromX] = [y - down, x - right];
            const inside = fromY >= 0 && fromX >= 0 && fromY < side && fromX < side;
            expect(values[y * side + x]).toBe(inside ? image[fromY * side + fromX] : 0);
          }
        return `${down} ${right}`;
      }),
    );
    expect(found.size).toBe(9);
  });

  it('are mirrored half of the time', () => {
    const mirrored = images(flipImages()).filter((values) => values[0] === side).length;
    expect(mirrored).toBeGreaterThan(70);
    expect(mirrored).toBeLessThan(130);
  });

  it('are cropped: every row and column still rises, within the old values', () => {
    for (const values of images(cropImages({ least: 0.6 }))) {
      for (let i = 1; i < values.length; i++)
        if (i % side !== 0) expect(values[i]! - values[i - 1]!).toBeGreaterThan(0.55);
      expect(values[0]).toBeGreaterThanOrEqual(1);
      expect(values.at(-1)).toBeLessThanOrEqual(side * side + 1e-4);
    }
  });

  it('get noise of the deviation asked for', () => {
    const noise = images(addNoise({ deviation: 0.5, input: 'image' })).flatMap((values) =>
      Array.from(values, (value, i) => value - image[i]!),
    );
    const variance = noise.reduce((total, x) => total + x * x, 0) / noise.length;
    expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1);
  });
});

describe('series', () => {
  const data = new TensorExamples({
    input: 'series',
    shape: [3, 2],
    values: Float32Array.from([1, 10, 2, 20, 3, 30, 1, 10, 2, 20, 3, 30]),
  });
  const firsts = (augmentation: Augmentation) =>
    Array.from({ length: 30 }, (_, epoch) => {
      const augmented = new AugmentedData(data, 2, [augmentation]);
      const [batch] = augmented.plan({ batchSize: 2 }, { seed: 1, epoch });
      return [...(augmented.batch(batch!)['series']!.data as Float32Array).subarray(0, 6)].join();
    });

  it('are shifted round the end', () => {
    expect(new Set(firsts(shiftSeries({ steps: 1, input: 'series' })))).toEqual(
      new Set(['1,10,2,20,3,30', '3,30,1,10,2,20', '2,20,3,30,1,10']),
    );
  });

  it('are shifted with zeros coming in', () => {
    expect(new Set(firsts(shiftSeries({ steps: 1, input: 'series', cyclic: false })))).toEqual(
      new Set(['1,10,2,20,3,30', '0,0,1,10,2,20', '2,20,3,30,0,0']),
    );
  });
});

describe('texts', () => {
  it('lose tokens, never padding', () => {
    const drawn = Array.from({ length: 100 }, (_, epoch) => sources(dropTokens({ rate: 0.3 }), epoch));
    const dropped = drawn.flatMap(([long]) => long!).filter((id) => id === UNKNOWN).length;
    expect(dropped / 800).toBeCloseTo(0.3, 1);
    for (const [, short] of drawn) expect(short!.slice(3)).toEqual([0, 0, 0, 0, 0]);
  });

  it('are turned round', () => {
    const drawn = Array.from({ length: 60 }, (_, epoch) => sources(rotateTokens(), epoch));
    expect(new Set(drawn.map(([long]) => long![0])).size).toBe(8);
    for (const [long, short] of drawn) {
      expect(long!.map((id) => (id - long![0]! + 8) % 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(new Set(short!.slice(0, 3))).toEqual(new Set([21, 22, 23]));
    }
  });

  it('change with the epoch, and only with it', () => {
    const drop = dropTokens({ rate: 0.5 });
    expect(sources(drop, 3)).toEqual(sources(drop, 3));
    expect(sources(drop, 3)).not.toEqual(sources(drop, 4));
  });
});

it.each([
  [() => shiftImages({ pixels: 0 }), 'shiftImages: pixels'],
  [() => cropImages({ least: 1 }), 'cropImages: least'],
  [() => dropTokens({ rate: 1 }), 'dropTokens: rate'],
  [() => addNoise({ deviation: 0, input: 'x' }), 'addNoise: deviation'],
])('says what cannot be', (make, message) => {
  expect(make).toThrow(message);
});

it('goes on with data that change with the epoch themselves', () => {
  const drop = new AugmentedData(new TextExamples(texts), 2, [dropTokens({ rate: 0.5 })]);
  const turned = new AugmentedData(drop, 2, [rotateTokens()]);
  const hidden = [0, 1, 2, 3, 4, 5].map((epoch) => {
    const [batch] = turned.plan({ batchSize: 2 }, { seed: 1, epoch });
    const { source, exampleIndex } = turned.batch(batch!.slice().sort());
    expect([...(exampleIndex!.data as Int32Array)]).toEqual([2 * epoch, 2 * epoch + 1]);
    return (source!.data as Int32Array).filter((id) => id === UNKNOWN).length;
  });
  expect(new Set(hidden).size).toBeGreaterThan(1);
});
