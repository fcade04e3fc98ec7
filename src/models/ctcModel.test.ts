import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { compile, evaluate, type Value, type Values } from '../../test/support/evaluate.js';
import { readFixture } from '../../test/support/fixtures.js';
import { recurrentName } from '../../test/support/pytorchNames.js';
import { initialValues } from '../../test/support/seq2seqCases.js';
import { checkTenSteps, precisions } from '../../test/support/trainingFixture.js';
import { gradients } from '../autodiff/gradients.js';
import { parametersOf } from '../nn/module.js';
import { ctcInputs, CtcModel } from './ctcModel.js';
import { RecurrentEncoder } from './encoders/recurrentEncoder.js';
import { TransformerEncoder } from './encoders/transformerEncoder.js';

/** The model of test/fixtures/ctc.py. */
const fixtureModel = () =>
  new CtcModel({
    encoder: new RecurrentEncoder({
      cell: 'gru',
      vocabularySize: 7,
      embeddingSize: 4,
      hiddenSize: 5,
      bidirectional: true,
    }),
    vocabularySize: 6,
  });

/** PyTorch's names of its parameters → ours. */
function ctcName(name: string): string {
  const recurrent = /^rnn\.(.*)$/.exec(name);
  if (recurrent) return `encoder.recurrent.${recurrentName(recurrent[1]!)}`;
  return name.startsWith('embedding.') ? `encoder.${name}` : name;
}

/** The tensors of a fixture whose names begin with `prefix`, by our names of the parameters. */
const parametersIn = (fixture: Values, prefix: string): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(fixture)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [ctcName(name.slice(prefix.length)), value]),
  );

const batchNames = ['source', 'sourceLengths', 'labels', 'labelLengths'];
const batchOf = (fixture: Values): Values =>
  Object.fromEntries(batchNames.map((name) => [name, fixture[name]!]));

/** Loss, log-probabilities and gradients of a model. */
function traced(model: CtcModel) {
  const parameters = parametersOf(model);
  const { loss, exampleLosses, logProbabilities } = model.score(ctcInputs());
  const found = gradients(loss, [...parameters.values()]);
  const named = Object.fromEntries([...parameters.keys()].map((name, i) => [`grad.${name}`, found[i]!]));
  return { parameters, outputs: { loss, exampleLosses, logProbabilities, ...named } };
}

describe('a bidirectional GRU under CTC, as PyTorch', () => {
  it.each([
    ['float64', 1e-8],
    ['float32', 1e-5],
  ] as const)('loss and gradients in %s', async (precision, tolerance) => {
    const fixture = readFixture(`ctc/training-${precision}`);
    const { outputs, parameters } = traced(fixtureModel());
    const initial = parametersIn(fixture, 'initial.');
    expect(Object.keys(initial).sort()).toEqual([...parameters.keys()].sort());
    const results = await evaluate(outputs, { ...batchOf(fixture), ...initial }, { precision });

    const labels = Array.from(fixture['labelLengths']!.values).reduce((a, b) => a + b);
    const perLabel = ({ shape, values }: Value): Value => ({
      shape,
      values: Array.from(values, (x) => x / labels),
    });
    const firstLoss = { shape: [], values: [fixture['losses']!.values[0]!] };
    expectClose(perLabel(results['loss']!), firstLoss, tolerance, 'loss');
    for (const [name, gradient] of Object.entries(parametersIn(fixture, 'grad.')))
      expectClose(perLabel(results[`grad.${name}`]!), gradient, tolerance, `gradient of ${name}`);
    const total = results['exampleLosses']!.values.reduce((a, b) => a + b);
    expect(total / results['loss']!.values[0]!).toBeCloseTo(1, 6);
  });

  it.each(precisions)('ten steps of Adam in %s', (precision) =>
    checkTenSteps({ name: 'ctc/training', model: fixtureModel, parameterName: ctcName }, precision),
  );
});

const encoders = {
  'bidirectional LSTM': () =>
    new RecurrentEncoder({
      cell: 'lstm',
      vocabularySize: 7,
      embeddingSize: 4,
      hiddenSize: 3,
      layers: 2,
      bidirectional: true,
    }),
  Transformer: () => new TransformerEncoder({ vocabularySize: 7, size: 6, heads: 2, layers: 2 }),
};

describe.each(Object.entries(encoders))('%s', (_, encoder) => {
  it('gives the same losses, distributions and gradients however long the padding', async () => {
    const { outputs, parameters } = traced(new CtcModel({ encoder: encoder(), vocabularySize: 6 }));
    const run = await compile(outputs);
    const initial = initialValues(parameters);
    const fixture = readFixture('ctc/training-float32');
    const widen = ({ shape, values }: Value, more: number): Value => {
      const [rows, width] = shape as [number, number];
      const wide = Array.from({ length: rows }, (__, b) => [
        ...Array.from(values).slice(b * width, (b + 1) * width),
        ...new Array<number>(more).fill(0),
      ]);
      return { shape: [rows, width + more], values: wide.flat() };
    };
    const lengths = Array.from(fixture['sourceLengths']!.values);
    const real = ({ shape, values }: Value): Value => {
      const [, time, classes] = shape as [number, number, number];
      const rows = lengths.map((length, b) =>
        Array.from(values).slice(b * time * classes, (b * time + length) * classes),
      );
      return { shape: [rows.flat().length], values: rows.flat() };
    };
    const plain = await run({ ...batchOf(fixture), ...initial });
    const padded = await run({
      ...batchOf(fixture),
      source: widen(fixture['source']!, 5),
      labels: widen(fixture['labels']!, 3),
      ...initial,
    });
    for (const name of Object.keys(plain)) {
      const [found, expected] = [padded[name]!, plain[name]!].map((value) =>
        name === 'logProbabilities' ? real(value) : value,
      );
      expectClose(found, expected, 1e-6, name);
    }
  });
});
