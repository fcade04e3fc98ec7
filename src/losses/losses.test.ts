import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { evaluate, type Values } from '../../test/support/evaluate.js';
import { checkFixture } from '../../test/support/fixtureCheck.js';
import { readFixture } from '../../test/support/fixtures.js';
import { gradients } from '../autodiff/gradients.js';
import { sum } from '../ops/reduce.js';
import { UserError } from '../tensor/errors.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { adversarialLosses } from './adversarial.js';
import { binaryCrossEntropy } from './binaryCrossEntropy.js';
import { infoNce, marginContrastive, ntXent, symmetricInfoNce } from './contrastive.js';
import { denseCrossEntropy, labelCrossEntropy } from './crossEntropy.js';
import { exampleMean, meanLoss } from './masking.js';
import { absoluteError, huber, meanAbsoluteError, meanSquaredError, squaredError } from './regression.js';

const mask = input('mask', 'bool', ['batch', 'time']);
const rows = input('rows', 'bool', ['batch']);
const elements = (name: string) => input(name, 'float32', ['batch', 'time', 5]);
const perClass = (name: string) => input(name, 'float32', ['batch', 'time', 6]);
const vectors = (name: string) => input(name, 'float32', ['batch', 5]);

const [prediction, target] = [elements('prediction'), elements('target')];
const logits = perClass('logits');
const targets = perClass('targets');
const labels = input('labels', 'int32', ['batch', 'time']);
const [a, b] = [vectors('a'), vectors('b')];
const temperature = input('temperature', 'float32', []);
const same = input('same', 'bool', ['batch']);
const scores = input('logits', 'float32', ['batch', 'time']);

/** A loss: what it is differentiated by, and how it is made of them and of the class weights. */
interface Case {
  readonly variables: Readonly<Record<string, Tensor>>;
  readonly loss: (weights: number[]) => Tensor;
}

const regression = (loss: Tensor): Case => ({ variables: { prediction, target }, loss: () => loss });
const classified = (loss: (weights: number[]) => Tensor): Case => ({ variables: { logits }, loss });
const paired = (loss: Tensor): Case => ({ variables: { a, b, temperature }, loss: () => loss });

const byLabel = (labelSmoothing: number) =>
  classified((classWeights) => labelCrossEntropy(logits, labels, { classWeights, labelSmoothing, mask }));
const byTargets = (labelSmoothing: number) =>
  classified((classWeights) => denseCrossEntropy(logits, targets, { classWeights, labelSmoothing, mask }));
const binary = classified((positiveWeight) => binaryCrossEntropy(logits, targets, { positiveWeight, mask }));

const cases: Record<string, Case> = {
  squared: regression(squaredError(prediction, target, mask)),
  absolute: regression(absoluteError(prediction, target, mask)),
  huber: regression(huber(prediction, target, { delta: 0.7, mask })),
  'mean-squared': regression(meanSquaredError(prediction, target, mask)),
  'mean-absolute': regression(meanAbsoluteError(prediction, target, mask)),
  'labels-ordinary-0.0': byLabel(0),
  'labels-ordinary-0.1': byLabel(0.1),
  'labels-huge-0.0': byLabel(0),
  'labels-huge-0.1': byLabel(0.1),
  'dense-ordinary-0.0': byTargets(0),
  'dense-ordinary-0.1': byTargets(0.1),
  'dense-huge-0.0': byTargets(0),
  'dense-huge-0.1': byTargets(0.1),
  'binary-ordinary': binary,
  'binary-huge': binary,
  'info-nce': paired(infoNce(a, b, { temperature, mask: rows })),
  'symmetric-info-nce': paired(symmetricInfoNce(a, b, { temperature, mask: rows })),
  'nt-xent': paired(ntXent(a, b, { temperature, mask: rows })),
  margin: { variables: { a, b }, loss: () => marginContrastive(a, b, same, { margin: 3, mask: rows }) },
  ...Object.fromEntries(
    Object.entries(adversarialLosses).flatMap(([kind, sides]) =>
      Object.entries(sides).map(([side, loss]): [string, Case] => [
        `${kind}-${side}`,
        { variables: { logits: scores }, loss: () => loss(scores, mask) },
      ]),
    ),
  ),
};

describe('losses', () => {
  describe.each([
    ['float64', 1e-8],
    ['float32', 1e-5],
  ] as const)('values and gradients of PyTorch in %s, padding left out', (precision, tolerance) => {
    it.each(Object.keys(cases))('%s', async (name) => {
      const fixture = readFixture(`losses/${name}`);
      const { variables, loss } = cases[name]!;
      const losses = loss(Array.from(fixture['weights']?.values ?? []));
      await checkFixture({ fixture, outputs: { losses }, variables, inputs: fixture }, precision, tolerance);
    });
  });
});

/** Losses and the gradients of their sum; weights for classes or positives are 2 throughout. */
async function run(name: string, values: Values) {
  const { variables, loss } = cases[name]!;
  const losses = loss([2, 2, 2, 2, 2, 2]);
  const found = gradients(sum(losses), Object.values(variables));
  const results = await evaluate(
    { losses, ...Object.fromEntries(found.map((x, i) => [`gradient${i}`, x])) },
    values,
  );
  return Object.entries(results);
}

describe.each(Object.keys(cases))('%s', (name) => {
  it('is zero without anything real, gradients too, whatever stands there', async () => {
    const garbage = (shape: number[], value: number) => ({
      shape,
      values: new Array<number>(shape.reduce((x, y) => x * y, 1)).fill(value),
    });
    const values: Values = {
      prediction: garbage([2, 3, 5], NaN),
      target: garbage([2, 3, 5], Infinity),
      // Logits of classes are features of padding: finite, if senseless.
      logits: garbage(
        /^(labels|dense|binary)/.test(name) ? [2, 3, 6] : [2, 3],
        /^(labels|dense)/.test(name) ? 1e30 : NaN,
      ),
      targets: garbage([2, 3, 6], NaN),
      labels: garbage([2, 3], -100),
      a: garbage([2, 5], NaN),
      b: garbage([2, 5], 0),
      temperature: garbage([], 0.05),
      same: { shape: [2], values: [0, 1] },
      mask: garbage([2, 3], 0),
      rows: garbage([2], 0),
    };
    for (const [what, result] of await run(name, values))
      expect(
        result.values.every((value) => value === 0),
        `${what}: ${result.values.join()}`,
      ).toBe(true);
  });
});

describe('in float32', () => {
  const huge = [1e30, -1e30, 0, 5, -1e30, 1e30];

  it.each(['labels-huge-0.1', 'dense-huge-0.1', 'binary-huge'])(
    '%s stays finite for logits of 10³⁰',
    async (name) => {
      const values: Values = {
        logits: { shape: [1, 1, 6], values: huge },
        targets: { shape: [1, 1, 6], values: [0, 1, 0, 0, 0, 0] },
        labels: { shape: [1, 1], values: [1] },
        mask: { shape: [1, 1], values: [1] },
      };
      for (const [what, result] of await run(name, values))
        expect(result.values.every(Number.isFinite), `${what}: ${result.values.join()}`).toBe(true);
    },
  );

  it.each(['nonSaturating-real', 'nonSaturating-fake', 'hinge-real', 'hinge-generator'])(
    '%s stays finite for logits of 10³⁰',
    async (name) => {
      const values = {
        logits: { shape: [1, 6], values: huge },
        mask: { shape: [1, 6], values: [1, 1, 1, 1, 1, 1] },
      };
      for (const [what, result] of await run(name, values))
        expect(result.values.every(Number.isFinite), what).toBe(true);
    },
  );

  it.each(['info-nce', 'symmetric-info-nce', 'nt-xent', 'margin'])(
    '%s has finite gradients for equal and for zero vectors',
    async (name) => {
      const values: Values = {
        a: { shape: [2, 5], values: [0, 0, 0, 0, 0, 1, 2, 3, 4, 5] },
        b: { shape: [2, 5], values: [0, 0, 0, 0, 0, 1, 2, 3, 4, 5] },
        temperature: { shape: [], values: [0.01] },
        same: { shape: [2], values: [0, 0] },
        rows: { shape: [2], values: [1, 1] },
      };
      for (const [what, result] of await run(name, values))
        expect(result.values.every(Number.isFinite), what).toBe(true);
    },
  );

  it('one pair alone has no negatives and no loss', async () => {
    const values: Values = {
      a: { shape: [1, 5], values: [1, 2, 3, 4, 5] },
      b: { shape: [1, 5], values: [5, 4, 3, 2, 1] },
      temperature: { shape: [], values: [0.01] },
      rows: { shape: [1], values: [1] },
    };
    for (const name of ['info-nce', 'nt-xent']) {
      const results = Object.fromEntries(await run(name, values));
      expect(results['losses']!.values).toEqual([0]);
    }
  });

  it('logits of 0 have the derivative −½ of a positive', async () => {
    const x = input('x', 'float32', ['batch']);
    const y = input('y', 'float32', ['batch']);
    const [dx] = gradients(sum(binaryCrossEntropy(x, y)), [x]);
    const zero = { shape: [2], values: [0, 0] };
    const { dx: slope } = await evaluate({ dx: dx! }, { x: zero, y: { shape: [2], values: [1, 0] } });
    expect(slope!.values).toEqual([-0.5, 0.5]);
  });
});

describe('means', () => {
  it('divide by what is real, and are 0 where nothing is', async () => {
    const losses = input('losses', 'float32', ['batch', 'time', 2]);
    const outputs = {
      all: meanLoss(losses),
      real: meanLoss(losses, mask),
      examples: exampleMean(losses, mask),
      none: meanLoss(losses, input('never', 'bool', ['batch', 'time'])),
    };
    const results = await evaluate(outputs, {
      losses: { shape: [2, 2, 2], values: [1, 2, 3, 5, 7, 9, 11, 13] },
      mask: { shape: [2, 2], values: [1, 0, 0, 0] },
      never: { shape: [2, 2], values: [0, 0, 0, 0] },
    });
    expectClose(results['all'], { shape: [], values: [51 / 8] }, 1e-6);
    expectClose(results['real'], { shape: [], values: [1.5] }, 1e-6);
    expectClose(results['examples'], { shape: [2], values: [1.5, 0] }, 1e-6);
    expectClose(results['none'], { shape: [], values: [0] }, 0);
  });
});

describe('what cannot be', () => {
  it.each([
    ['squaredError: takes two tensors of one shape', () => squaredError(prediction, a)],
    ['mask: must be bool over the first axes', () => squaredError(prediction, target, scores)],
    ['mask: must be bool over the first axes', () => meanLoss(scores, scores)],
    ['huber: delta is 0; it must be a finite number above 0.', () => huber(a, b, { delta: 0 })],
    [
      'labelCrossEntropy: labelSmoothing is 1; it must be at least 0 and below 1.',
      () => labelCrossEntropy(logits, labels, { labelSmoothing: 1 }),
    ],
    [
      'labelCrossEntropy: classWeights has 2 entries; there are 6 classes. Give one for each.',
      () => labelCrossEntropy(logits, labels, { classWeights: [1, 2] }),
    ],
    [
      'denseCrossEntropy: classWeights[5] is -1; it must be a finite number from 0.',
      () => denseCrossEntropy(logits, targets, { classWeights: [1, 1, 1, 1, 1, -1] }),
    ],
    [
      'binaryCrossEntropy: positiveWeight is 0; it must be a finite number above 0.',
      () => binaryCrossEntropy(logits, targets, { positiveWeight: 0 }),
    ],
    [
      'infoNce: temperature is 0; it must be a finite number above 0.',
      () => infoNce(a, b, { temperature: 0 }),
    ],
    [
      'marginContrastive: margin is -1; it must be a finite number above 0.',
      () => marginContrastive(a, b, same, { margin: -1 }),
    ],
  ])('%s', (message, trace) => {
    expect(trace).toThrow(message);
  });

  it('of a person’s numbers is a UserError', () => {
    expect(() => huber(a, b, { delta: NaN })).toThrow(UserError);
  });
});
