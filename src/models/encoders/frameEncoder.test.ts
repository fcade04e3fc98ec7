import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { compile, evaluate, type Values } from '../../../test/support/evaluate.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { gradients } from '../../autodiff/gradients.js';
import { inTraining } from '../../nn/mode.js';
import { parametersOf } from '../../nn/module.js';
import { randomNormal } from '../../tensor/random.js';
import { UserError } from '../../tensor/errors.js';
import { input, type Tensor } from '../../tensor/tensor.js';
import { ctcInputs, CtcModel } from '../ctcModel.js';
import {
  frameInputs,
  RecurrentFrameEncoder,
  TransformerFrameEncoder,
  type FrameEncoder,
} from './frameEncoder.js';

const BANDS = 3;
const subsampling = {
  bands: BANDS,
  convolutions: [
    { channels: 5, kernel: 5 },
    { channels: 4, kernel: 3 },
  ],
};
const encoders: Readonly<Record<string, () => FrameEncoder>> = {
  'two bidirectional GRUs': () =>
    new RecurrentFrameEncoder({ ...subsampling, cell: 'gru', hiddenSize: 4, layers: 2 }),
  'an LSTM in one direction, without normalisation': () =>
    new RecurrentFrameEncoder({
      ...subsampling,
      batchNorm: false,
      cell: 'lstm',
      hiddenSize: 6,
      bidirectional: false,
    }),
  'a Transformer': () => new TransformerFrameEncoder({ ...subsampling, size: 6, heads: 2, layers: 2 }),
  'a Transformer with rotary positions, computed twice': () =>
    new TransformerFrameEncoder({
      ...subsampling,
      size: 8,
      heads: 2,
      layers: 1,
      positions: 'rotary',
      norm: 'post',
      gradientCheckpointing: true,
    }),
};

/** Recordings of these lengths: of 4 frames one position is left. */
const lengths = [9, 4, 12, 1];
const labels = [[5, 4, 5], [4], [4, 4], []];
const frameOf = (b: number, t: number) =>
  Array.from({ length: BANDS }, (_, band) => randomNormal(b + 1, t * BANDS + band));

/** The inputs of a batch, padded to so many frames, with noise in the padding. */
function batch(time: number): Values {
  const frames = lengths.flatMap((_, b) => Array.from({ length: time }, (__, t) => frameOf(b, t)).flat());
  return {
    frames: { shape: [lengths.length, time, BANDS], values: frames },
    frameLengths: { shape: [lengths.length], values: lengths },
    labels: { shape: [labels.length, 3], values: labels.flatMap((row) => [...row, 0, 0, 0].slice(0, 3)) },
    labelLengths: { shape: [labels.length], values: labels.map((row) => row.length) },
  };
}

/** Losses, their gradients and distributions of a model, as in training or not. */
function traced(model: CtcModel, training: boolean) {
  const parameters = parametersOf(model);
  const score = () => model.score(ctcInputs(model.encoder));
  const { loss, exampleLosses, logProbabilities } = training ? inTraining(score) : score();
  const trained = [...parameters.values()].filter(({ trainable }) => trainable);
  const found = gradients(loss, trained);
  const named = Object.fromEntries(
    trained.map(({ name }, i) => [`gradient of ${name}`, found[i]!] as [string, Tensor]),
  );
  return { parameters, outputs: { loss, exampleLosses, logProbabilities, ...named } };
}

describe.each(Object.entries(encoders))('%s over frames', (_, make) => {
  it.each([
    ['as it answers', false, 'float32'],
    ['in training', true, 'float64'],
  ] as const)(
    '%s is the same however long the padding, and whatever is in it',
    async (__, training, precision) => {
      const model = new CtcModel({ encoder: make(), vocabularySize: 6 });
      const { outputs, parameters } = traced(model, training);
      const run = await compile(outputs, { precision });
      const initial = initialValues(parameters);
      const real = ({ shape, values }: { shape: readonly number[]; values: readonly number[] }) => {
        const [, time, classes] = shape as [number, number, number];
        const rows = lengths.flatMap((length, b) =>
          values.slice(b * time * classes, (b * time + Math.ceil(length / model.stride)) * classes),
        );
        return { shape: [rows.length], values: rows };
      };
      const plain = await run({ ...batch(12), ...initial });
      expect(plain['exampleLosses']!.values.slice(0, 3).every((loss) => loss > 0.1)).toBe(true);
      for (const time of [16, 32]) {
        const padded = await run({ ...batch(time), ...initial });
        for (const [name, value] of Object.entries(plain)) {
          const isPositions = name === 'logProbabilities';
          const [found, expected] = isPositions ? [real(padded[name]!), real(value)] : [padded[name], value];
          expectClose(found, expected, 1e-6, name);
        }
      }
    },
  );

  it('has a position for each four frames', async () => {
    const encoder = make();
    const parameters = parametersOf(encoder);
    const { frames, lengths: given } = frameInputs(encoder);
    expect(frames.shape).toEqual(['batch', '4*steps', BANDS]);
    const { output, mask } = encoder.forward(frames, given);
    const { frames: values, frameLengths } = batch(12);
    const found = await evaluate(
      { output, mask },
      { ...initialValues(parameters), frames: values!, frameLengths: frameLengths! },
    );
    expect(found['output']!.shape).toEqual([4, 3, encoder.outputSize]);
    expect(found['mask']!.values).toEqual([1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0]);
  });
});

it('drops what the convolutions write, and between the layers', () => {
  const sitesOf = (encoder: FrameEncoder) => {
    parametersOf(encoder);
    const { frames, lengths: given } = frameInputs(encoder);
    const { output } = inTraining(() => encoder.forward(frames, given));
    const sites = new Set<string>();
    const seen = new Set<Tensor>();
    const visit = (x: Tensor): void => {
      if (seen.has(x)) return;
      seen.add(x);
      if (x.node.op === 'randomMask') sites.add(x.node.attributes['site'] as string);
      x.node.inputs.forEach(visit);
    };
    visit(output);
    return sites.size;
  };
  const dropout = 0.5;
  expect(
    sitesOf(new RecurrentFrameEncoder({ ...subsampling, cell: 'gru', hiddenSize: 4, layers: 2, dropout })),
  ).toBe(2);
  expect(
    sitesOf(new TransformerFrameEncoder({ ...subsampling, size: 4, heads: 1, layers: 1, dropout })),
  ).toBeGreaterThan(2);
});

it('refuses what cannot be', () => {
  const transformer = { ...subsampling, size: 6, heads: 2, layers: 1 };
  expect(() => new TransformerFrameEncoder({ ...transformer, layers: 0 })).toThrow(
    new UserError('TransformerFrameEncoder: layers is 0; it must be a whole number from 1.'),
  );
  expect(() => new TransformerFrameEncoder({ ...transformer, positions: 'learned' as 'none' })).toThrow(
    "positions is 'learned'; it must be 'sinusoidal', 'rotary' or 'none'",
  );
  expect(() => new RecurrentFrameEncoder({ ...subsampling, cell: 'gru', hiddenSize: 0 })).toThrow(
    'hiddenSize is 0',
  );
  const encoder = new RecurrentFrameEncoder({ ...subsampling, cell: 'gru', hiddenSize: 4 });
  const model = new CtcModel({ encoder, vocabularySize: 6 });
  const ids = input('ids', 'int32', ['batch', 8]);
  expect(() => model.logits({ ids, lengths: input('lengths', 'int32', ['batch']) })).toThrow(
    'takes frames [batch, time, 3], got int32[batch, 8]',
  );
});
