import { expect, it } from 'vitest';
import { compile, type Values } from '../../test/support/evaluate.js';
import { initialValues } from '../../test/support/seq2seqCases.js';
import { bagExamples } from '../data/bagExamples.js';
import { classLabels } from '../data/labels.js';
import { parametersOf } from '../nn/module.js';
import { BagFeatures } from './bagFeatures.js';

const bags = {
  rows: 3,
  columns: 4,
  offsets: Int32Array.of(0, 2, 2, 5),
  indices: Int32Array.of(1, 3, 0, 1, 2),
  values: Float64Array.of(2, 0.5, 1, -1, 3),
};

it('is the row of weights times the matrix of vectors, whatever else is in the batch', async () => {
  const module = new BagFeatures({ terms: 4, size: 5 });
  const initial = initialValues(parametersOf(module));
  const vectors = Object.values(initial)[0]!.values;
  const run = await compile({ features: module.features() });
  const data = bagExamples(bags);
  for (const rows of [[0, 1, 2], [1], [2, 0]]) {
    const feeds = Object.entries(data.batch(Int32Array.from(rows))).map(([name, { shape, data: values }]) => [
      name,
      { shape, values },
    ]);
    const { features } = await run({ ...(Object.fromEntries(feeds) as Values), ...initial });
    const expected = rows.flatMap((row) =>
      Array.from({ length: 5 }, (_, j) => {
        let sum = 0;
        for (let entry = bags.offsets[row]!; entry < bags.offsets[row + 1]!; entry++)
          sum += bags.values[entry]! * vectors[bags.indices[entry]! * 5 + j]!;
        return sum;
      }),
    );
    expect(features!.shape).toEqual([rows.length, 5]);
    expected.forEach((value, i) => expect(features!.values[i]).toBeCloseTo(value, 6));
  }
});

it('keeps weights with the texts that labels are placed on', () => {
  const [weights] = bagExamples(bags).labels;
  const placed = weights!.placed(Int32Array.of(2, -1), {
    ids: new Int32Array(0),
    offsets: Int32Array.of(0, 0, 0),
  });
  expect([...placed.feed(Int32Array.of(0, 1)).sourceWeights!.data]).toEqual([1, -1, 3, 0, 0, 0]);
  expect(() => bagExamples(bags, [classLabels([1, 0])])).toThrow('there are 3 examples, but 2 labels');
});

it('refuses sizes that cannot be', () => {
  expect(() => new BagFeatures({ terms: 0, size: 5 })).toThrow('BagFeatures: terms is 0');
});
