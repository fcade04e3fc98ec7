import { describe, expect, it } from 'vitest';
import { MASK_TOKEN } from '../text/reservedTokens.js';
import { Vocabulary } from '../text/vocabulary.js';
import { exampleOf, indicesOfEpoch } from './epochIndices.js';
import { MaskedTexts, maskTokens } from './maskedTexts.js';
import { packSequences } from './sequences.js';

const vocabulary = new Vocabulary([...'abcdefghij'], [MASK_TOKEN]);
const mask = vocabulary.reservedId(MASK_TOKEN);
const options = { mask, ordinaryEnd: vocabulary.ordinaryEnd };
const text = (length: number) => Int32Array.from({ length }, (_, i) => 4 + (i % 10));

describe('masking', () => {
  it('chooses 15 % of the tokens, and masks, replaces or keeps 80, 10 and 10 % of those', () => {
    const ids = text(100);
    const counts = { masked: 0, replaced: 0, kept: 0 };
    const places = new Float64Array(100);
    for (let key = 0; key < 400; key++) {
      const { ids: changed, labels } = maskTokens(ids, key, options);
      expect(labels.filter((label) => label >= 0)).toHaveLength(15);
      ids.forEach((id, t) => {
        if (labels[t]! < 0) return expect(changed[t]).toBe(id);
        expect(labels[t]).toBe(id);
        places[t]!++;
        if (changed[t] === mask) counts.masked++;
        else if (changed[t] === id) counts.kept++;
        else counts.replaced++;
        expect(changed[t]! >= 4 && changed[t]! <= mask).toBe(true);
      });
    }
    // 6000 choices: a deviation of 0.005 and 0.004; one replacement in ten is by the same token.
    expect(Math.abs(counts.masked / 6000 - 0.8)).toBeLessThan(0.02);
    expect(Math.abs(counts.replaced / 6000 - 0.09)).toBeLessThan(0.016);
    expect(Math.abs(counts.kept / 6000 - 0.11)).toBeLessThan(0.016);
    // 60 expected at each position, with a deviation of 7.
    expect(Math.min(...places)).toBeGreaterThan(30);
    expect(Math.max(...places)).toBeLessThan(90);
  });

  it('has one token to guess at least', () => {
    for (const length of [1, 2, 3])
      expect(maskTokens(text(length), 5, options).labels.filter((x) => x >= 0)).toHaveLength(1);
  });
});

describe('masked texts', () => {
  const texts = packSequences([text(20), text(7), text(12), text(1)]);
  const data = new MaskedTexts(texts, vocabulary);
  /** The masked texts of an epoch by their example. */
  const epoch = (number: number, seed = 1) => {
    const masked = new Map<number, string>();
    for (const indices of data.plan({ batchSize: 2 }, { seed, epoch: number })) {
      const { source, sourceLengths, exampleIndex } = data.batch(indices);
      indices.forEach((index, b) => {
        const start = b * source!.shape[1]!;
        const ids = (source!.data as Int32Array).slice(start, start + Number(sourceLengths!.data[b]));
        masked.set(exampleOf(index, 4), ids.join());
        expect(exampleIndex!.data[b]).toBe(index);
      });
    }
    return masked;
  };

  it('change with the epoch alone: not with their order, nor with other texts in the batch', () => {
    expect(epoch(3).get(0)).toBe(epoch(3, 7).get(0));
    expect(epoch(3).get(0)).not.toBe(epoch(4).get(0));
    expect([...epoch(3).keys()].sort()).toEqual([0, 1, 2, 3]);
  });

  it('are the same in every evaluation', () => {
    const [first] = data.planEvaluation(4);
    expect([...first!]).toEqual([3, 1, 2, 0]);
    const { source, sourceLengths, maskedRows, maskedSlots, masked } = data.batch(first!);
    expect(sourceLengths!.data).toEqual(Int32Array.of(1, 7, 12, 20));
    expect(masked!.data).toHaveLength(1 + 1 + 2 + 3);
    expect(maskedSlots!.data).toHaveLength(80);
    (maskedRows!.data as Int32Array).forEach((row, i) => expect(maskedSlots!.data[row]).toBe(i + 1));
    expect(data.batch(first!).source).toEqual(source);
  });

  it('need a mask in the vocabulary', () => {
    expect(() => new MaskedTexts(texts, new Vocabulary(['a']))).toThrow('there is no <mask>');
    expect(() => new MaskedTexts(texts, vocabulary, { rate: 0 })).toThrow('rate is 0');
  });
});

it('epochs begin again where their indices would not be int32', () => {
  const count = 2 ** 29;
  const examples = Int32Array.of(0, count - 1);
  expect([...indicesOfEpoch(examples, 3, count)]).toEqual([3 * count, 2 ** 31 - 1]);
  expect([...indicesOfEpoch(examples, 4, count)]).toEqual([0, count - 1]);
  expect(exampleOf(2 ** 31 - 1, count)).toBe(count - 1);
});
