import { expect, it } from 'vitest';
import { contextTensors, contextTexts } from './contexts.js';
import { classLabels } from './labels.js';
import { packSequences } from './sequences.js';
import { TensorExamples } from './tensorExamples.js';
import { TextExamples } from './textExamples.js';

const texts = packSequences([[4], [4, 5, 6], [7], [6, 6, 6]]);
const contexts = packSequences([[8, 8], [9], [8, 9, 8, 9, 8], [9, 9]]);

it('contexts come with the texts of a batch, padded on their own', () => {
  const vectors = contextTensors({
    input: 'vector',
    shape: [2],
    values: Float32Array.from({ length: 8 }, (_, i) => i),
  });
  const examples = new TextExamples(texts, [classLabels([0, 1, 0, 1]), contextTexts(contexts), vectors]);
  const { source, context, contextLengths, vector, classes } = examples.batch(Int32Array.of(2, 1));
  expect(source!.shape).toEqual([2, 3]);
  expect(context).toEqual({
    dtype: 'int32',
    shape: [2, 5],
    data: Int32Array.of(8, 9, 8, 9, 8, 9, 0, 0, 0, 0),
  });
  expect(contextLengths!.data).toEqual(Int32Array.of(5, 1));
  expect(vector).toEqual({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(4, 5, 2, 3) });
  expect(classes!.data).toEqual(Int32Array.of(0, 1));
});

it('the tokens of a context count to the size of a batch', () => {
  const examples = new TextExamples(texts, [contextTexts(contexts, 'topic')]);
  const batches = examples.plan({ batchTokens: 12 }, { seed: 1, epoch: 0 });
  expect(batches.flatMap((batch) => [...batch]).sort()).toEqual([0, 1, 2, 3]);
  for (const batch of batches) {
    const { source, topic } = examples.batch(batch);
    expect(batch.length * (source!.shape[1]! + topic!.shape[1]!)).toBeLessThanOrEqual(12);
  }
  expect(() => examples.plan({ batchTokens: 5 }, { seed: 1, epoch: 0 })).toThrow('6 tokens together');
});

it('images may have a context too', () => {
  const values = new Float32Array(12);
  const images = new TensorExamples({ input: 'image', shape: [3], values, labels: [contextTexts(contexts)] });
  expect(images.batch(Int32Array.of(1, 2))['contextLengths']!.data).toEqual(Int32Array.of(1, 5));
});

it('there must be one for each example', () => {
  expect(() => new TextExamples(texts, [contextTexts(packSequences([[4]]))])).toThrow(
    'there are 4 examples, but 1 labels or contexts of a kind',
  );
  const values = Float32Array.of(1, 2, 3);
  expect(() => contextTensors({ input: 'vector', shape: [2], values })).toThrow(
    'vector: 3 values do not make up tensors of 2 each (2).',
  );
});
