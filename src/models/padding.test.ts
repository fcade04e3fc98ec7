import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { compile, type Evaluation, type Values } from '../../test/support/evaluate.js';
import { initialValues, modelVariants, seq2seqValues, type Pair } from '../../test/support/seq2seqCases.js';
import { gradients } from '../autodiff/gradients.js';
import { parametersOf } from '../nn/module.js';
import { seq2seqInputs, type Seq2Seq } from './seq2seq.js';

/** Sequences of length 1 on either side among them, and an empty source. */
const pairs: Pair[] = [
  { source: [3, 1, 4, 1, 5], target: [1, 2, 6], labels: [2, 6, 2] },
  { source: [6], target: [1, 7, 3, 5], labels: [7, 3, 5, 2] },
  { source: [2, 2, 5], target: [1], labels: [2] },
  { source: [], target: [1, 4], labels: [4, 2] },
];

async function build(makeModel: () => Seq2Seq): Promise<Evaluation> {
  const model = makeModel();
  const parameters = parametersOf(model);
  const inputs = seq2seqInputs();
  const loss = model.loss(inputs);
  const found = gradients(loss, [...parameters.values()]);
  const named = Object.fromEntries(
    [...parameters.keys()].map((name, i) => [`gradient of ${name}`, found[i]!]),
  );
  const run = await compile({ loss, logits: model.logits(inputs), ...named });
  const initial = initialValues(parameters);
  return (values: Values) => run({ ...values, ...initial });
}

describe.each(Object.entries(modelVariants))('%s', (_, makeModel) => {
  it('gives the same loss, logits and gradients however long the padding', async () => {
    const run = await build(makeModel);
    const plain = await run(seq2seqValues(pairs));
    expect(Math.abs(plain['loss']!.values[0]!)).toBeGreaterThan(1);
    for (const [source, target] of [
      [1, 0],
      [0, 1],
      [7, 4],
    ] as const) {
      const padded = await run(seq2seqValues(pairs, source, target));
      for (const name of Object.keys(plain)) expectClose(padded[name], plain[name], 1e-6, name);
    }
  });

  it('treats an example alone as among others', async () => {
    const run = await build(makeModel);
    const together = await run(seq2seqValues(pairs));
    const alone = await Promise.all(pairs.map((pair) => run(seq2seqValues([pair]))));
    for (const [name, { shape, values }] of Object.entries(together)) {
      if (name === 'logits') {
        expectClose(
          { shape, values: alone.flatMap((x) => x['logits']!.values) },
          { shape, values },
          1e-6,
          name,
        );
        continue;
      }
      const total = values.map((_, i) => alone.reduce((sum, x) => sum + x[name]!.values[i]!, 0));
      expectClose({ shape, values: total }, { shape, values }, 1e-5, name);
    }
  });
});
