import { expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { Linear } from '../nn/layers/linear.js';
import { Module } from '../nn/module.js';
import { square, sub } from '../ops/elementwise.js';
import { sum } from '../ops/reduce.js';
import { size } from '../ops/shape.js';
import { adafactor } from '../optimizers/adafactor.js';
import type { Optimizer } from '../optimizers/transform.js';
import { sgd } from '../optimizers/transforms.js';
import { input } from '../tensor/tensor.js';
import { findLearningRate } from './learningRateFinder.js';
import { TrainStep } from './trainStep.js';

/** Σ (w·x + b − y)² over x [batch, 1]. */
class Line extends Module {
  private readonly linear = new Linear(1, 1);
  traceLoss() {
    const [x, y] = ['x', 'y'].map((name) => input(name, 'float32', ['batch', 1]));
    return { loss: sum(square(sub(this.linear.forward(x!), y!))), count: size('batch') };
  }
}

async function scan(
  options: Parameters<typeof findLearningRate>[2],
  optimizer: Optimizer = sgd({ learningRate: 1 }),
) {
  const trainStep = await TrainStep.create({
    engine: await testEngine(),
    model: new Line(),
    optimizer,
    seed: 1,
  });
  const values = (...data: number[]) => ({
    dtype: 'float32' as const,
    shape: [data.length, 1],
    data: Float32Array.from(data),
  });
  const batch = { x: values(-1, 0, 1, 2), y: values(3, 5, 8, 9) };
  return findLearningRate(trainStep, new Array(500).fill(batch) as (typeof batch)[], options);
}

it('suggests a rate at which plain gradient descent converges, and stops where it diverges', async () => {
  const { rates, losses, suggestion } = await scan({ from: 1e-4, to: 10, steps: 100 });
  // The Hessian of the mean loss is [[3, 1], [1, 2]], its largest eigenvalue 3.62: above 2 ÷ 3.62 steps diverge.
  expect(suggestion).toBeGreaterThan(1e-3);
  expect(suggestion).toBeLessThan(0.55);
  expect(rates.at(-1)).toBeLessThan(10);
  expect(rates[0]).toBe(1e-4);
  expect(losses).toHaveLength(rates.length);
  expect(Math.min(...losses)).toBeLessThan(losses[0]! / 4);
});

it('tries as many rates as asked for, both ends included', async () => {
  const { rates } = await scan({ from: 1e-6, to: 1e-5, steps: 10 });
  expect(rates).toHaveLength(11);
  expect(rates.at(-1)).toBeCloseTo(1e-5, 12);
});

it('does not depend on the rate that the optimiser was made with', async () => {
  const scans = [1, 1e-3].map((learningRate) =>
    scan({ from: 1e-3, to: 1, steps: 20 }, adafactor({ learningRate })),
  );
  const [high, low] = await Promise.all(scans);
  expect(high!.losses.length).toBeGreaterThan(10);
  expect(low).toEqual(high);
});

it('refuses rates that cannot be', async () => {
  await expect(scan({ from: 0 })).rejects.toThrow('findLearningRate: from is 0');
});
