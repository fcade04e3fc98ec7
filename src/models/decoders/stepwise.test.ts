import { describe, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { evaluate } from '../../../test/support/evaluate.js';
import { initialValues, modelVariants, TARGET_VOCABULARY } from '../../../test/support/seq2seqCases.js';
import { parametersOf } from '../../nn/module.js';
import { concat, fill, reshape, split } from '../../ops/shape.js';
import { input, type Tensor } from '../../tensor/tensor.js';
import { sourceInputs } from '../encoders/encoder.js';
import type { Tensors } from './decoder.js';

const TIME = 3;
const values = {
  source: { shape: [2, 4], values: [3, 1, 4, 2, 6, 5, 0, 0] },
  sourceLengths: { shape: [2], values: [4, 2] },
  target: { shape: [2, TIME], values: [1, 5, 2, 1, 7, 7] },
};

/** What steps have left so far, and a place that none has filled: [batch, heads, steps + 1, size]. */
function cachesOf(
  shapes: Readonly<Record<string, readonly [number, number]>>,
  steps: readonly Tensors[],
): Tensors {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, [heads, size]]) => [
      name,
      concat([...steps.map((step) => step[name]!), fill(9, ['batch', heads, 1, size])], 2),
    ]),
  );
}

describe.each(Object.entries(modelVariants))('%s', (_, makeModel) => {
  it('gives the same logits and attention step by step as under teacher forcing', async () => {
    const model = makeModel();
    const parameters = parametersOf(model);
    const { decoder } = model;
    const { ids, lengths } = sourceInputs();
    const target = input('target', 'int32', ['batch', TIME]);
    const encoded = model.encoder.forward(ids, lengths);

    const { features, weights } = decoder.forward(target, encoded);
    const forced: Record<string, Tensor> = { logits: decoder.readout(features) };
    if (weights) forced['weights'] = weights;
    const steps: Record<string, Tensor> = {};
    const start = decoder.start(encoded);
    let { state } = start;
    const appended: Tensors[] = [];
    split(target, new Array<number>(TIME).fill(1)).forEach((id, t) => {
      const result = decoder.step({
        ids: id,
        position: fill(t, [1], 'int32'),
        state,
        caches: cachesOf(decoder.caches, appended),
        memory: start.memory,
      });
      state = result.state;
      appended.push(result.appended);
      steps[`logits${t}`] = reshape(result.logits, ['batch', 1, TARGET_VOCABULARY]);
      if (result.weights) steps[`weights${t}`] = result.weights;
    });

    const initial = initialValues(parameters);
    const results = await evaluate({ ...forced, ...steps }, { ...values, ...initial });
    for (const name of Object.keys(forced)) {
      const { shape, values: all } = results[name]!;
      const width = shape[2]!;
      for (let t = 0; t < TIME; t++) {
        const rows = [0, 1].flatMap((b) => all.slice((b * TIME + t) * width, (b * TIME + t + 1) * width));
        expectClose(results[`${name}${t}`], { shape: [2, 1, width], values: rows }, 1e-6, `${name} ${t}`);
      }
    }
  });
});
