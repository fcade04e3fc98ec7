import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { evaluate, type Value } from '../../test/support/evaluate.js';
import { readFixture } from '../../test/support/fixtures.js';
import { seq2seqName } from '../../test/support/pytorchNames.js';
import {
  fixtureModels,
  fixturePairs,
  initialValues,
  seq2seqValues,
} from '../../test/support/seq2seqCases.js';
import { gradients } from '../autodiff/gradients.js';
import { parametersOf } from '../nn/module.js';
import { mul } from '../ops/elementwise.js';
import { RecurrentDecoder } from './decoders/recurrentDecoder.js';
import { Seq2Seq, seq2seqInputs } from './seq2seq.js';

/** The rows of real tokens; PyTorch also computes logits at padding. */
function atRealTokens(logits: Value, lengths: ArrayLike<number>): Value {
  const [, time, classes] = logits.shape as [number, number, number];
  const rows = Array.from(lengths, (length, b) => {
    const start = b * time * classes;
    return Array.from(logits.values).slice(start, start + length * classes);
  });
  return { shape: [rows.flat().length / classes, classes], values: rows.flat() };
}

describe.each(Object.keys(fixtureModels))('%s: the first step', (variant) => {
  it.each([
    ['float64', 1e-8],
    ['float32', 1e-5],
  ] as const)('is PyTorch’s in %s', async (precision, tolerance) => {
    const fixture = readFixture(`seq2seq/${variant}-${precision}`);
    const model = fixtureModels[variant]!();
    const parameters = parametersOf(model);
    const pytorch = new Map(
      Object.keys(fixture)
        .filter((name) => name.startsWith('initial.'))
        .map((name) => name.slice('initial.'.length))
        .map((name) => [seq2seqName(name), name] as const),
    );
    expect([...pytorch.keys()].sort()).toEqual([...parameters.keys()].sort());

    const inputs = seq2seqInputs();
    const values = seq2seqValues(fixturePairs(fixture));
    const tokens = values['labels']!.values.length;
    const loss = mul(model.loss(inputs), 1 / tokens);
    const found = gradients(loss, [...parameters.values()]);
    const outputs = { logits: model.logits(inputs), loss };
    const named = Object.fromEntries([...parameters.keys()].map((name, i) => [`grad.${name}`, found[i]!]));
    const initial = Object.fromEntries(
      [...pytorch].map(([name, theirs]) => [name, fixture[`initial.${theirs}`]!]),
    );
    const results = await evaluate({ ...outputs, ...named }, { ...values, ...initial }, { precision });

    const logits = atRealTokens(fixture['logits']!, fixture['target_lengths']!.values);
    expectClose(results['logits'], logits, tolerance, 'logits');
    const firstLoss = { shape: [], values: [fixture['losses']!.values[0]!] };
    expectClose(results['loss'], firstLoss, tolerance, 'loss');
    for (const [name, theirs] of pytorch)
      expectClose(results[`grad.${name}`], fixture[`grad.${theirs}`], tolerance, `gradient of ${name}`);
  });
});

it('minimises the smoothed loss and reports the plain one', async () => {
  const [variant] = Object.keys(fixtureModels);
  const { encoder, decoder } = fixtureModels[variant!]!();
  const { options } = decoder as RecurrentDecoder;
  const model = new Seq2Seq({ encoder, decoder: new RecurrentDecoder(options), labelSmoothing: 0.2 });
  const values = seq2seqValues(fixturePairs(readFixture(`seq2seq/${variant}-float64`)));
  const { loss, objective } = model.traceLoss();
  const given = { ...values, ...initialValues(parametersOf(model)) };
  const results = {
    ...(await evaluate({ loss, objective }, given, { precision: 'float64' })),
    ...(await evaluate({ logits: model.logits(seq2seqInputs()) }, given, { precision: 'float64' })),
  };

  const [tokens, classes] = results['logits']!.shape as [number, number];
  let [plain, smoothed] = [0, 0];
  for (let token = 0; token < tokens; token++) {
    const logits = Array.from(results['logits']!.values).slice(token * classes, (token + 1) * classes);
    const logSum = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
    const losses = logits.map((x) => logSum - x);
    const own = losses[values['labels']!.values[token]!]!;
    plain += own;
    smoothed += 0.8 * own + (0.2 * losses.reduce((sum, x) => sum + x, 0)) / classes;
  }
  expectClose(results['loss'], { shape: [], values: [plain] }, 1e-9, 'loss');
  expectClose(results['objective'], { shape: [], values: [smoothed] }, 1e-9, 'objective');
  expect(smoothed).not.toBeCloseTo(plain, 2);
});
