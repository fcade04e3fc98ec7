import { expect } from 'vitest';
import type { HostTensor } from '../../src/engine/engine.js';
import { gradients } from '../../src/autodiff/gradients.js';
import type { Trainable } from '../../src/models/trainable.js';
import { parametersOf } from '../../src/nn/module.js';
import { chain } from '../../src/optimizers/transform.js';
import { adam } from '../../src/optimizers/transforms.js';
import { TrainStep } from '../../src/train/trainStep.js';
import { expectClose, largestError } from './closeTo.js';
import { evaluate, testEngine, type Value, type Values } from './evaluate.js';
import { readFixture } from './fixtures.js';

/** A fixture with batch, `initial.*`, `grad.*`, `final.*` and `losses` of ten steps of Adam, whose names are ours. */
export interface TrainingFixture {
  /** 'heads/classifier-plain': `-float64` and `-float32` are appended. */
  readonly name: string;
  readonly model: () => Trainable;
  /** Integer inputs; the others are float32. */
  readonly integers?: readonly string[];
  readonly rate: number;
}

const inFixture = (fixture: Values, prefix: string): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(fixture).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );

const batchOf = (fixture: Values): Record<string, Value> =>
  Object.fromEntries(Object.entries(fixture).filter(([name]) => !name.includes('.') && name !== 'losses'));

/** Compares mean objective and gradients before the first step, in float64 (1e-8). */
export async function checkFirstStep({ name, model: make }: TrainingFixture): Promise<void> {
  const fixture = readFixture(`${name}-float64`);
  const model = make();
  const parameters = parametersOf(model);
  const initial = inFixture(fixture, 'initial.');
  expect([...parameters.keys()].sort()).toEqual(Object.keys(initial).sort());
  const { loss, objective = loss, count } = model.traceLoss();
  const found = gradients(objective, [...parameters.values()]);
  const named = Object.fromEntries([...parameters.keys()].map((key, i) => [`grad.${key}`, found[i]!]));
  const results = await evaluate(
    { objective, count, ...named },
    { ...batchOf(fixture), ...initial },
    { precision: 'float64' },
  );
  const divide = ({ shape, values }: Value): Value => ({
    shape,
    values: Array.from(values, (x) => x / results['count']!.values[0]!),
  });
  const first = { shape: [], values: [fixture['losses']!.values[0]!] };
  expectClose(divide(results['objective']!), first, 1e-8, 'loss');
  for (const [key, gradient] of Object.entries(inFixture(fixture, 'grad.')))
    expectClose(divide(results[`grad.${key}`]!), gradient, 1e-8, `gradient of ${key}`);
}

/**
 * Ten steps in float32: parameters by ‖a − b‖ ÷ ‖b‖ (1e-4), and the losses (1e-5) where the loss is what is minimised.
 */
export async function checkTenSteps({
  name,
  model: make,
  integers = [],
  rate,
}: TrainingFixture): Promise<void> {
  const fixture = readFixture(`${name}-float32`);
  const model = make();
  const minimised = model.traceLoss();
  const optimizer = chain(adam({ learningRate: rate }));
  const step = await TrainStep.create({ engine: await testEngine(), model, optimizer, seed: 1 });
  const host = (key: string, { shape, values }: Value): HostTensor =>
    integers.includes(key)
      ? { dtype: 'int32', shape, data: Int32Array.from(values) }
      : { dtype: 'float32', shape, data: Float32Array.from(values) };
  const mapped = (values: Values) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, host(key, value)]));
  step.store.load(mapped(inFixture(fixture, 'initial.')));
  const losses: number[] = [];
  for (let i = 1; i <= fixture['losses']!.values.length; i++)
    losses.push((await step.run(mapped(batchOf(fixture)), i, rate)).loss);
  if (minimised.objective === undefined || minimised.objective === minimised.loss)
    expect(largestError(losses, fixture['losses']!.values)).toBeLessThan(1e-5);
  for (const [key, { values }] of Object.entries(inFixture(fixture, 'final.'))) {
    const found = step.store.values.views.get(key)!.data;
    const distance = Math.hypot(...Array.from(values, (value, i) => value - found[i]!));
    expect(distance / Math.hypot(...Array.from(values)), key).toBeLessThan(1e-4);
  }
}
