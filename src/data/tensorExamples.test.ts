import { describe, expect, it } from 'vitest';
import { UserError } from '../tensor/errors.js';
import { classLabels } from './labels.js';
import { packSequences } from './sequences.js';
import { TensorExamples } from './tensorExamples.js';
import { TextExamples } from './textExamples.js';

const values = Float32Array.from({ length: 20 }, (_, i) => i);
const data = new TensorExamples({
  input: 'image',
  shape: [1, 2, 2],
  values,
  labels: [classLabels([0, 1, 2, 3, 4]), classLabels([1, 1, 0, 0, 1], 'even')],
});

describe('examples that are tensors', () => {
  it('come in random batches, anew in each epoch, each example once', () => {
    const plans = [0, 0, 1].map((epoch) => data.plan({ batchSize: 2 }, { seed: 1, epoch }));
    expect(plans[0]).toEqual(plans[1]);
    expect(plans[0]).not.toEqual(plans[2]);
    expect(plans[0]!.map((batch) => batch.length)).toEqual([2, 2, 1]);
    expect([...plans[2]!.flatMap((batch) => [...batch])].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(data.planEvaluation(3)).toEqual([Int32Array.of(0, 1, 2), Int32Array.of(3, 4)]);
  });

  it('carry all their labels', () => {
    const { image, classes, even, exampleIndex } = data.batch(Int32Array.of(3, 0));
    expect(image).toEqual({
      dtype: 'float32',
      shape: [2, 1, 2, 2],
      data: Float32Array.of(12, 13, 14, 15, 0, 1, 2, 3),
    });
    expect(classes!.data).toEqual(Int32Array.of(3, 0));
    expect(even!.data).toEqual(Int32Array.of(0, 1));
    expect(exampleIndex!.data).toEqual(Int32Array.of(3, 0));
  });

  it('must be whole, and labelled', () => {
    expect(() => new TensorExamples({ input: 'vector', shape: [3], values })).toThrow(
      '20 values do not make up examples of 3 each (3)',
    );
    expect(
      () => new TensorExamples({ input: 'vector', shape: [5], values, labels: [classLabels([1])] }),
    ).toThrow('TensorExamples: there are 4 examples, but 1 labels or contexts of a kind.');
  });
});

it.each([undefined, NaN, 1.7, 2 ** 40, -2, '1'])('have no class %s', (label) => {
  expect(() => classLabels([0, -1, label as number], 'kind')).toThrow(
    new UserError(
      `kind: example 3 has the class ${label === '1' ? '"1"' : String(label)}; give a whole number from 0, as LabelSet.idOf gives it, or -1 for an example without a class.`,
    ),
  );
});

it('texts come with others of their length', () => {
  const texts = packSequences([[4], [4, 5, 6], [7], [6, 6, 6]]);
  const examples = new TextExamples(texts, [classLabels([0, 1, 0, 1])]);
  for (const batch of examples.plan({ batchSize: 2 }, { seed: 3, epoch: 0 }))
    expect([0, 2].includes(batch[0]!)).toBe([0, 2].includes(batch[1]!));
  expect(examples.planEvaluation(3)).toEqual([Int32Array.of(0, 2, 1), Int32Array.of(3)]);
  const { source, sourceLengths, classes } = examples.batch(Int32Array.of(1, 2));
  expect(source!.data).toEqual(Int32Array.of(4, 5, 6, 7, 0, 0));
  expect(sourceLengths!.data).toEqual(Int32Array.of(3, 1));
  expect(classes!.data).toEqual(Int32Array.of(1, 0));
  expect(() => new TextExamples(texts, [classLabels([0])])).toThrow(
    'TextExamples: there are 4 examples, but 1 labels or contexts of a kind.',
  );
});
