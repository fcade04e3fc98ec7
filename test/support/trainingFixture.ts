import { expect } from 'vitest';
import type { Trainable } from '../../src/models/trainable.js';
import { parametersOf } from '../../src/nn/module.js';
import type { Optimizer } from '../../src/optimizers/transform.js';
import { adam } from '../../src/optimizers/transforms.js';
import { expectClose, largestError } from './closeTo.js';
import type { Value, Values } from './evaluate.js';
import { readFixture } from './fixtures.js';
import { trainInFloat32, trainInFloat64, type Training } from './training.js';

/**
 * A fixture that `ten_steps` made (test/fixtures/common.py): a batch, `initial.*`, `grad.*`, `final.*` and `losses` of ten
 * steps of Adam, in some also `norms` and `reported`.
 */
export interface TrainingFixture {
  /** 'heads/classifier-plain': `-float64` and `-float32` are appended. */
  readonly name: string;
  readonly model: () => Trainable;
  /** Adam at a rate of 10⁻² by default. */
  readonly optimizer?: Optimizer;
  /** What the model reads of the fixture; by default its values by their names. */
  readonly batch?: (fixture: Values) => Values;
  /** The fixture's name of a parameter → ours; the same by default. */
  readonly parameterName?: (name: string) => string;
}

export type Precision = 'float64' | 'float32';
export const precisions = ['float64', 'float32'] as const;

const trainings: Readonly<Record<Precision, Training>> = { float64: trainInFloat64, float32: trainInFloat32 };
/** Of losses |a − b|; of norms and gradients |a − b| ÷ max(1, |b|). */
const tolerances: Readonly<Record<Precision, number>> = { float64: 1e-8, float32: 1e-5 };

/**
 * Trains on the fixture's batch, and compares with PyTorch: the loss of each of the ten steps, the gradients before the
 * first (10⁻⁸, in float32 10⁻⁵), and each parameter after the last (10⁻⁸, in float32 ‖a − b‖ ÷ ‖b‖ ≤ 10⁻⁴). In float64 the
 * objective is compared too, where that is not the loss.
 */
export async function checkTenSteps(options: TrainingFixture, precision: Precision): Promise<void> {
  const { name, optimizer = adam({ learningRate: 1e-2 }), batch = (values) => values } = options;
  const { parameterName = (theirs) => theirs } = options;
  const fixture = readFixture(`${name}-${precision}`);
  const part = (prefix: string): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(fixture).flatMap(([key, value]) =>
        key.startsWith(prefix) ? [[parameterName(key.slice(prefix.length)), value]] : [],
      ),
    );
  const tolerance = tolerances[precision];
  const { losses, reported = losses, norms } = fixture;
  const model = options.model();
  const initial = part('initial.');
  expect([...parametersOf(model).keys()].sort()).toEqual(Object.keys(initial).sort());

  const step = await trainings[precision](model, optimizer, initial, batch(fixture));
  const found: Record<'losses' | 'reported' | 'norms', number[]> = { losses: [], reported: [], norms: [] };
  for (let i = 1; i <= 10; i++) {
    const { loss, objective, gradientNorm, gradients } = await step.run(i);
    found.reported.push(loss);
    if (objective !== undefined) found.losses.push(objective);
    found.norms.push(gradientNorm);
    if (i === 1)
      for (const [key, gradient] of Object.entries(part('grad.')))
        expectClose(gradients[key], gradient, tolerance, `gradient of ${key}`);
  }
  expect(largestDifference(found.reported, reported!.values), 'losses').toBeLessThan(tolerance);
  if (found.losses.length > 0)
    expect(largestDifference(found.losses, losses!.values), 'objectives').toBeLessThan(tolerance);
  if (norms) expect(largestError(found.norms, norms.values), 'norms').toBeLessThan(tolerance);
  const reached = step.parameters();
  for (const [key, value] of Object.entries(part('final.')))
    if (precision === 'float64') expectClose(reached[key], value, tolerance, key);
    else expect(distance(reached[key]!, value), key).toBeLessThan(1e-4);
}

function largestDifference(a: readonly number[], b: ArrayLike<number>): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

/** ‖a − b‖ ÷ ‖b‖. */
function distance(a: Value, b: Value): number {
  const difference = Array.from(b.values, (value, i) => value - a.values[i]!);
  return Math.hypot(...difference) / Math.hypot(...Array.from(b.values));
}
