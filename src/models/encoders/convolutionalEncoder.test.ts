import { expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { evaluate } from '../../../test/support/evaluate.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { gradients } from '../../autodiff/gradients.js';
import { inTraining } from '../../nn/mode.js';
import { parametersOf } from '../../nn/module.js';
import { mul, square } from '../../ops/elementwise.js';
import { sum } from '../../ops/reduce.js';
import { input, type Tensor } from '../../tensor/tensor.js';
import { UserError } from '../../tensor/errors.js';
import { ConvolutionalEncoder } from './convolutionalEncoder.js';
import { sourceInputs } from './encoder.js';

const options = { vocabularySize: 7, embeddingSize: 3, channels: 4, layers: 2 };
const sequences = [[3, 1, 4, 1, 5], [6], [2, 2, 5], []];

/** The loss and gradients of sequences, padded to a length. */
async function train(time: number): Promise<Record<string, { shape: number[]; values: number[] }>> {
  const encoder = new ConvolutionalEncoder({ ...options, batchNorm: true });
  const parameters = parametersOf(encoder);
  const { ids, lengths } = sourceInputs();
  const { output } = inTraining(() => encoder.forward(ids, lengths));
  const loss = sum(square(mul(output, output)));
  const trained = [...parameters.values()].filter(({ trainable }) => trainable);
  const found = gradients(loss, trained);
  const named = Object.fromEntries(
    trained.map(({ name }, i) => [`gradient of ${name}`, found[i]!] as [string, Tensor]),
  );
  const padded = sequences.flatMap((row) => [...row, ...new Array<number>(time - row.length).fill(0)]);
  return evaluate(
    { loss, output, ...named },
    {
      ...initialValues(parameters),
      source: { shape: [sequences.length, time], values: padded },
      sourceLengths: { shape: [sequences.length], values: sequences.map((row) => row.length) },
    },
  );
}

it('has the same loss and gradients in training however long the padding, where it writes zeros', async () => {
  const plain = await train(5);
  const { output, ...others } = await train(9);
  for (const [name, value] of Object.entries(others)) expectClose(value, plain[name], 1e-4, name);
  const [, time, channels] = output!.shape as [number, number, number];
  sequences.forEach((row, b) => {
    const rows = output!.values.slice(b * time * channels, (b + 1) * time * channels);
    expect(rows.slice(row.length * channels).every((x) => x === 0)).toBe(true);
    if (row.length > 0) expect(rows.some((x) => x !== 0)).toBe(true);
  });
});

it('drops embeddings and what the blocks write, each with a mask of its own', () => {
  const encoder = new ConvolutionalEncoder({ ...options, dropout: 0.5 });
  parametersOf(encoder);
  const { ids, lengths } = sourceInputs();
  const { output } = inTraining(() => encoder.forward(ids, lengths));
  const sites = new Set<string>();
  const visit = (x: Tensor): void => {
    if (x.node.op === 'randomMask') {
      expect(x.shape.slice(0, 2)).toEqual(['batch', 'sourceTime']);
      sites.add(x.node.attributes['site'] as string);
    }
    x.node.inputs.forEach(visit);
  };
  visit(output);
  expect(sites.size).toBe(3);
  expect(encoder.forward(ids, lengths).states).toEqual([]);
});

it('refuses what cannot be', () => {
  expect(() => new ConvolutionalEncoder({ ...options, layers: 0 })).toThrow(
    new UserError('ConvolutionalEncoder: layers is 0; it must be a whole number from 1.'),
  );
  expect(() => new ConvolutionalEncoder({ ...options, kernel: 2 })).toThrow('kernel is 2; it must be odd');
  expect(() => new ConvolutionalEncoder({ ...options, dropout: 1 })).toThrow('rate is 1');
});

it('reads ids as they are', () => {
  const encoder = new ConvolutionalEncoder(options);
  expect(encoder.outputSize).toBe(4);
  const ids = input('ids', 'int32', [2, 5]);
  expect(encoder.forward(ids, input('lengths', 'int32', [2])).output.shape).toEqual([2, 5, 4]);
});
