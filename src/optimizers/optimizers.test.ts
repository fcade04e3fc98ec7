import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { compile, evaluate, testEngine, type Value } from '../../test/support/evaluate.js';
import { readFixture } from '../../test/support/fixtures.js';
import { gradients } from '../autodiff/gradients.js';
import { Linear } from '../nn/layers/linear.js';
import { Module } from '../nn/module.js';
import { sub, mul, square, tanh } from '../ops/elementwise.js';
import { linear } from '../ops/matmul.js';
import { sum } from '../ops/reduce.js';
import { UserError } from '../tensor/errors.js';
import { input } from '../tensor/tensor.js';
import { createUpdate, graphUpdate, kernelUpdate, type UpdateState } from '../train/optimizerUpdate.js';
import { allocateSlots, ParameterStore, type FlatState } from '../train/parameterStore.js';
import { chain, clipFactor, needsShapes, traceUpdate, type Optimizer } from './transform.js';
import { adafactor } from './adafactor.js';
import { adagrad, lion, rmsprop } from './adaptive.js';
import {
  adam,
  adamW,
  addWeightDecay,
  clipByGlobalNorm,
  clipByValue,
  momentumTrace,
  scaleByAdam,
  sgd,
} from './transforms.js';

interface Case {
  optimizer: 'SGD' | 'Adam' | 'AdamW' | 'Adagrad' | 'RMSprop' | 'Adafactor' | 'Lion';
  clip: number;
  lr: number;
  momentum?: number;
  nesterov?: boolean;
  weight_decay?: number;
  alpha?: number;
  beta2_decay?: number;
  betas?: [number, number];
  /** Of Adafactor ε and the least size of a parameter. */
  eps?: number | [number, number];
  d?: number;
  /** The rate of each step. */
  rates: number[];
}

const folder = new URL('../../test/fixtures/optimizers/cases.json', import.meta.url);
const cases = JSON.parse(readFileSync(folder, 'utf8')) as Record<string, Case>;
const shapes = {
  'hidden.weight': [4, 3],
  'hidden.bias': [4],
  'output.weight': [2, 4],
  'output.bias': [2],
} as const;
const names = Object.keys(shapes) as (keyof typeof shapes)[];
const sizes = names.map((name) => shapes[name].reduce((a: number, b) => a * b, 1));
const length = sizes.reduce((a, b) => a + b, 0);

function optimizerOf(name: string): Optimizer {
  const { optimizer, clip, lr, momentum, nesterov, alpha, betas, eps, ...rest } = cases[name]!;
  const [beta1, beta2] = betas ?? [];
  const [epsilon, minScale] = [eps].flat();
  const builders = {
    SGD: sgd,
    Adam: adam,
    AdamW: adamW,
    Adagrad: adagrad,
    RMSprop: rmsprop,
    Adafactor: adafactor,
    Lion: lion,
  };
  const options = {
    learningRate: lr,
    weightDecay: rest.weight_decay ?? 0,
    momentum,
    nesterov,
    beta1,
    beta2,
    epsilon,
    minScale,
    decay: alpha ?? (rest.beta2_decay && -rest.beta2_decay),
    clipThreshold: rest.d,
  };
  return chain(clipByGlobalNorm(clip), builders[optimizer](options));
}

class Model extends Module {
  readonly hidden = new Linear(3, 4);
  readonly output = new Linear(4, 2);
}

/** y = output(tanh(hidden(x))), loss = mean (y − target)² over all 16 values. */
function lossGraph() {
  const parameters = names.map((name) => input(name, 'float32', shapes[name]));
  const [hiddenWeight, hiddenBias, outputWeight, outputBias] = parameters;
  const y = linear(
    tanh(linear(input('x', 'float32', [8, 3]), hiddenWeight!, hiddenBias)),
    outputWeight!,
    outputBias,
  );
  const loss = mul(sum(square(sub(y, input('target', 'float32', [8, 2])))), 1 / 16);
  const found = gradients(loss, parameters);
  return { loss, ...Object.fromEntries(names.map((name, i) => [`grad.${name}`, found[i]!])) };
}

const flatten = (values: Record<string, Value>, prefix: string) =>
  names.flatMap((name) => Array.from(values[prefix + name]!.values));

function unflatten(flat: ArrayLike<number>): Record<string, Value> {
  let start = 0;
  return Object.fromEntries(
    names.map((name, i) => {
      const values = Array.from(flat).slice(start, (start += sizes[i]!));
      return [name, { shape: [...shapes[name]], values }];
    }),
  );
}

describe.each(Object.keys(cases))('%s over ten steps, as PyTorch', (name) => {
  it('in float64', async () => {
    const fixture = readFixture(`optimizers/${name}-float64`);
    const optimizer = optimizerOf(name);
    const lossProgram = await compile(lossGraph(), { precision: 'float64' });
    const apart = needsShapes(optimizer);
    const traced = traceUpdate(optimizer, apart ? new Map(Object.entries(shapes)) : length);
    const update = await compile(traced, { precision: 'float64' });
    let parameters = flatten(fixture, 'initial.');
    const pieces = (what: string, flat: readonly number[]): Record<string, Value> =>
      apart
        ? Object.fromEntries(Object.entries(unflatten(flat)).map(([name, x]) => [`${what}:${name}`, x]))
        : { [what]: { shape: [length], values: flat } };
    const state: Record<string, Value> = {};
    for (const [name, { shape }] of Object.entries(traced))
      if (!name.startsWith('next.parameters')) {
        const size = (shape as number[]).reduce((a, b) => a * b, 1);
        state[name.slice('next.'.length)] = { shape: shape as number[], values: new Float64Array(size) };
      }
    const losses: number[] = [];
    for (const [i, learningRate] of cases[name]!.rates.entries()) {
      const step = i + 1;
      const results = await lossProgram({
        ...unflatten(parameters),
        x: fixture['x']!,
        target: fixture['target']!,
      });
      losses.push(results['loss']!.values[0]!);
      const scalar = (value: number): Value => ({ shape: [], values: [value] });
      const numbers: Record<string, Value> = {
        learningRate: scalar(learningRate),
        gradientScale: scalar(1),
      };
      optimizer.transforms.forEach((transform, at) =>
        Object.entries(transform.scalars(step, learningRate)).forEach(
          ([key, value]) => (numbers[`${at}.${key}`] = scalar(value)),
        ),
      );
      const next = await update({
        ...numbers,
        ...state,
        ...pieces('parameters', parameters),
        ...pieces('gradients', flatten(results, 'grad.')),
      });
      parameters = apart ? flatten(next, 'next.parameters:') : next['next.parameters']!.values;
      for (const slot of Object.keys(state)) state[slot] = next[`next.${slot}`]!;
      expectClose(
        { shape: [length], values: parameters },
        { shape: [length], values: flatten(fixture, `step${step}.`) },
        1e-8,
        `step ${step}`,
      );
    }
    expectClose({ shape: [10], values: losses }, fixture['losses']!, 1e-8, 'losses');
  });

  const fused = optimizerOf(name).transforms.every(({ kernel }) => kernel);
  it.each(fused ? ['kernels', 'graph'] : ['graph'])('in float32 by the %s', async (way) => {
    const fixture = readFixture(`optimizers/${name}-float32`);
    const engine = await testEngine();
    const optimizer = optimizerOf(name);
    const lossProgram = await compile(lossGraph());
    const store = new ParameterStore(engine, new Model());
    const state = { store, gradients: store.allocate(), slots: allocateSlots(store, optimizer) };
    const update =
      way === 'kernels'
        ? kernelUpdate(engine.kernels, optimizer, state)!
        : await graphUpdate(engine, optimizer, state);
    const write = ({ views }: FlatState, prefix: string, values: Record<string, Value>) => {
      for (const [name, { data }] of views) data.set(values[prefix + name]!.values);
    };
    write(store.values, 'initial.', fixture);
    for (const [i, learningRate] of cases[name]!.rates.entries()) {
      const results = await lossProgram({
        ...Object.fromEntries(
          [...store.values.views].map(([name, { shape, data }]) => [name, { shape, values: data }]),
        ),
        x: fixture['x']!,
        target: fixture['target']!,
      });
      expect(Math.abs(results['loss']!.values[0]! - fixture['losses']!.values[i]!)).toBeLessThan(1e-5);
      write(state.gradients, 'grad.', results);
      const norm = await update({ step: i + 1, learningRate, gradientScale: 1 });
      expect(Math.abs(norm / fixture['norms']!.values[i]! - 1)).toBeLessThan(1e-4);
    }
    const wanted = flatten(fixture, 'step10.');
    const reached = names.flatMap((name) => Array.from(store.values.views.get(name)!.data));
    const distance = Math.hypot(...wanted.map((value, i) => value - reached[i]!));
    expect(distance / Math.hypot(...wanted)).toBeLessThan(1e-4);
  });
});

it('Adafactor keeps rows and columns of a matrix, and a vector whole; other transforms in its chain see shapes too', async () => {
  const engine = await testEngine();
  const store = new ParameterStore(engine, new Model());
  const optimizer = chain(clipByGlobalNorm(1), momentumTrace(0.9), adafactor({ learningRate: 0.1 }));
  const slots = allocateSlots(store, optimizer);
  const shapesOf = (slot: string) => [...slots.get(slot)!.views].map(([name, { shape }]) => [name, ...shape]);
  expect(shapesOf('2.rows')).toEqual([
    ['hidden.weight', 4, 1],
    ['output.weight', 2, 1],
  ]);
  expect(shapesOf('2.columns')).toEqual([
    ['hidden.weight', 1, 3],
    ['output.weight', 1, 4],
  ]);
  expect(shapesOf('2.secondMoment')).toEqual([
    ['hidden.bias', 4],
    ['output.bias', 2],
  ]);
  store.initialize(1);
  const before = store.snapshot();
  const state = { store, gradients: store.allocate(), slots };
  const update = await createUpdate(engine, optimizer, state);
  // Without a gradient nothing moves, and nothing is divided by 0.
  await update({ step: 1, learningRate: 0.1, gradientScale: 1 });
  expect(store.snapshot()).toEqual(before);
  state.gradients.views.forEach(({ data }) => data.fill(1));
  await update({ step: 2, learningRate: 0.1, gradientScale: 1 });
  expect(slots.get('1.momentum')!.views.get('output.bias')!.data[0]).toBeGreaterThan(0);
  for (const [name, { data }] of store.values.views)
    data.forEach((value, i) => expect(value, name).toBeLessThan(before[name]!.data[i] as number));
});

it('clips every value to the limit', async () => {
  const { updates } = clipByValue(0.5).apply({
    updates: [input('g', 'float32', [4])],
    parameters: [],
    slots: {},
    scalars: {},
  });
  const { clipped } = await evaluate(
    { clipped: updates[0]! },
    { g: { shape: [4], values: [-3, -0.5, 0.2, 7] } },
    { precision: 'float64' },
  );
  expectClose(clipped, { shape: [4], values: [-0.5, -0.5, 0.2, 0.5] }, 0, 'clipped');
});

describe('chains', () => {
  it('need exactly one optimiser', () => {
    expect(() => chain(clipByGlobalNorm(1))).toThrow('exactly one optimiser with a learning rate');
    expect(() => chain(sgd({ learningRate: 1 }), adam({ learningRate: 1 }))).toThrow('got 2');
  });

  it('that the kernels do not cover run as graphs', async () => {
    const { kernels } = await testEngine();
    const state = { slots: new Map(), store: { values: {} }, gradients: {} } as unknown as UpdateState;
    const odd = chain(momentumTrace(0.9), addWeightDecay(0.1), sgd({ learningRate: 1 }));
    expect(kernelUpdate(kernels, odd, state)).toBeUndefined();
  });

  it('clip only what is longer than the limit', () => {
    expect(clipFactor(0, 1)).toBe(1);
    expect(clipFactor(0.5, 1)).toBe(1);
    expect(clipFactor(4, 1)).toBeCloseTo(0.25, 6);
  });
});

describe('options that cannot be', () => {
  const learningRate = 0.1;
  const refused: Record<string, () => unknown> = {
    'adamW: learningRate is 0; it must be a finite number above 0.': () => adamW({ learningRate: 0 }),
    'clipByValue: maxValue is 0; it must be a finite number above 0.': () => clipByValue(0),
    'adagrad: learningRate is -1; it must be a finite number above 0.': () => adagrad({ learningRate: -1 }),
    'RMSprop: decay is 1; it must be at least 0 and below 1.': () => rmsprop({ learningRate, decay: 1 }),
    'Adafactor: decay is 0; it must be a finite number above 0.': () => adafactor({ learningRate, decay: 0 }),
    'adafactor: weightDecay is -1; it must be a finite number from 0.': () =>
      adafactor({ learningRate, weightDecay: -1 }),
    'Lion: beta2 is 2; it must be at least 0 and below 1.': () => lion({ learningRate, beta2: 2 }),
    'adam: learningRate is NaN; it must be a finite number above 0.': () => adam({ learningRate: NaN }),
    "sgd: learningRate is '0.1'; it must be a finite number above 0.": () =>
      sgd({ learningRate: '0.1' as unknown as number }),
    'adamW: weightDecay is -1; it must be a finite number from 0.': () =>
      adamW({ learningRate, weightDecay: -1 }),
    'addWeightDecay: rate is Infinity; it must be a finite number from 0.': () => addWeightDecay(Infinity),
    'Adam: beta1 is 1; it must be at least 0 and below 1.': () => adam({ learningRate, beta1: 1 }),
    'Adam: beta2 is -0.1; it must be at least 0 and below 1.': () => adamW({ learningRate, beta2: -0.1 }),
    'Adam: epsilon is 0; it must be a finite number above 0.': () => scaleByAdam({ epsilon: 0 }),
    'sgd: momentum is 1; it must be at least 0 and below 1.': () => sgd({ learningRate, momentum: 1 }),
    'sgd: nesterov looks ahead along the momentum; set a momentum above 0.': () =>
      sgd({ learningRate, nesterov: true }),
    'momentumTrace: momentum is NaN; it must be at least 0 and below 1.': () => momentumTrace(NaN),
    'clipByGlobalNorm: maxNorm is 0; it must be a finite number above 0.': () => clipByGlobalNorm(0),
  };

  it.each(Object.entries(refused))('%s', (message, build) => {
    expect(build).toThrow(new UserError(message));
  });
});
