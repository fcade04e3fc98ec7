import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../test/support/closeTo.js';
import { evaluate } from '../../../test/support/evaluate.js';
import { checkFixture, parametersByFixtureName } from '../../../test/support/fixtureCheck.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { gradients } from '../../autodiff/gradients.js';
import { exportGraph } from '../../onnx/exportGraph.js';
import { sum } from '../../ops/reduce.js';
import { UserError } from '../../tensor/errors.js';
import { input } from '../../tensor/tensor.js';
import { inTraining } from '../mode.js';
import { parametersOf } from '../module.js';
import { FeatureLayer } from './feature.js';
import { MLP } from './mlp.js';
import { RadialBasis } from './radialBasis.js';
import { RadialBasisNetwork } from './radialBasisNetwork.js';

const sizes = { inputSize: 4, outputSize: 3 };
const networks = {
  'one-hidden': () => new MLP({ ...sizes, hiddenSizes: [5], activation: 'tanh' }),
  deep: () => new MLP({ ...sizes, hiddenSizes: [5, 6, 4] }),
  linear: () => new MLP({ ...sizes, hiddenSizes: [] }),
  'radial-basis': () => new RadialBasisNetwork({ ...sizes, units: 5 }),
};

describe.each([
  ['float64', 1e-8],
  ['float32', 1e-5],
] as const)('plain networks in %s', (precision, tolerance) => {
  it.each(Object.entries(networks))('%s: values and gradients of PyTorch', async (name, build) => {
    const fixture = readFixture(`plain_networks/${name}`);
    const network = build();
    const x = input('x', 'float32', ['batch', 'time', 4]);
    const variables = { ...parametersByFixtureName(network, fixture), x };
    await checkFixture({ fixture, outputs: { y: network.forward(x) }, variables }, precision, tolerance);
  });
});

describe('plain networks', () => {
  it('take a feature layer of any activation', async () => {
    const x = input('x', 'float32', ['batch', 2]);
    const values = [-1.5, 0.5, 2, -0.25];
    const formulas = {
      tanh: Math.tanh,
      relu: (z: number) => Math.max(z, 0),
      sigmoid: (z: number) => 1 / (1 + Math.exp(-z)),
    };
    for (const [name, formula] of Object.entries(formulas)) {
      const layer = new FeatureLayer(2, 3, { activation: name as keyof typeof formulas });
      const weights = initialValues(parametersOf(layer));
      const [w, b] = [weights['linear.weight']!.values, weights['linear.bias']!.values];
      const results = await evaluate({ c: layer.forward(x) }, { ...weights, x: { shape: [2, 2], values } });
      const expected = [0, 1].flatMap((row) =>
        [0, 1, 2].map((unit) =>
          formula(w[2 * unit]! * values[2 * row]! + w[2 * unit + 1]! * values[2 * row + 1]! + b[unit]!),
        ),
      );
      expectClose(results['c'], { shape: [2, 3], values: expected }, 1e-6, name);
    }
    expect(new FeatureLayer(2, 3).forward(x).node.op).toBe('tanh');
  });

  it('drop hidden values while training, in each layer others', () => {
    const network = new MLP({ ...sizes, hiddenSizes: [5, 6], dropout: 0.5 });
    parametersOf(network);
    const x = input('x', 'float32', ['batch', 4]);
    const masks = (traced: typeof x) =>
      exportGraph({ traced }).inputs.flatMap(({ mask }) => mask?.site ?? []);
    expect(masks(network.forward(x))).toEqual([]);
    expect(masks(inTraining(() => network.forward(x)))).toEqual(['dropouts.0', 'dropouts.1']);
  });

  it('refuse what cannot be', () => {
    expect(() => new MLP({ ...sizes, hiddenSizes: [3, 0] })).toThrow(
      new UserError('MLP: hiddenSizes[1] is 0; it must be a whole number from 1.'),
    );
    expect(() => new MLP({ ...sizes, hiddenSizes: [3], activation: 'swish' as 'relu' })).toThrow(
      "activation is 'swish'",
    );
    expect(() => new RadialBasis(0, 3)).toThrow('inputSize is 0');
    const basis = new RadialBasis(2, 3);
    expect(() => basis.forward(input('x', 'float32', ['batch', 4]))).toThrow('takes 2 features');
  });
});

describe('radial basis functions', () => {
  const points = [
    [0, 0],
    [0, 1],
    [10, 0],
    [10, 1],
    [0, 20],
    [0, 21],
  ];

  it('start at the means of clusters, as wide as the two nearest others are far', () => {
    const basis = new RadialBasis(2, 3);
    basis.startFrom(points);
    const values = initialValues(parametersOf(basis));
    const found = Array.from({ length: 3 }, (_, u) => [
      ...Array.from(values['centres']!.values).slice(2 * u, 2 * u + 2),
      Math.exp(values['logWidths']!.values[u]!),
    ]).sort(([a, b], [c, d]) => a! - c! || b! - d!);
    const far = Math.hypot(10, 20);
    const expected = [
      [0, 0.5, 15],
      [0, 20.5, (20 + far) / 2],
      [10, 0.5, (10 + far) / 2],
    ];
    found.flat().forEach((value, i) => expect(value).toBeCloseTo(expected.flat()[i]!, 5));
  });

  it('a single unit is as wide as the points lie around it', () => {
    const basis = new RadialBasis(1, 1);
    basis.startFrom([[1], [3]]);
    expect(initialValues(parametersOf(basis))['logWidths']!.values[0]).toBeCloseTo(0, 6);
    basis.startFrom([[5], [5]]);
    expect(initialValues(parametersOf(basis))['centres']!.values[0]).toBe(5);
    expect(initialValues(parametersOf(basis))['logWidths']!.values[0]).toBe(0);
    expect(() => basis.startFrom([[1, 2]])).toThrow('every point must have 1 values');
  });

  it('are drawn without points, and finite far away', async () => {
    const basis = new RadialBasis(2, 3);
    const parameters = parametersOf(basis);
    const values = initialValues(parameters);
    expect(Array.from(values['logWidths']!.values)).toEqual([0, 0, 0]);
    const x = input('x', 'float32', ['batch', 2]);
    const y = basis.forward(x);
    const found = gradients(sum(y), [x, ...parameters.values()]);
    const results = await evaluate(
      { y, ...Object.fromEntries(found.map((gradient, i) => [`gradient${i}`, gradient])) },
      { ...values, x: { shape: [1, 2], values: [1e10, -1e10] } },
    );
    expect(results['y']!.values).toEqual([0, 0, 0]);
    for (const [name, result] of Object.entries(results))
      expect(result.values.every(Number.isFinite), name).toBe(true);
  });
});
