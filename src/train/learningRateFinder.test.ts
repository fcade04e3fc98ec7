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
import { TrainStep, type TrainingBatch } from './trainStep.js';

/** Σ (w·x + b − y)² − offset over x [batch, 1]. */
class Line extends Module {
  private readonly linear = new Linear(1, 1);
  constructor(private readonly offset: number) {
    super();
  }
  traceLoss() {
    const [x, y] = ['x', 'y'].map((name) => input(name, 'float32', ['batch', 1]));
    const loss = sub(square(sub(this.linear.forward(x!), y!)), this.offset);
    return { loss: sum(loss), count: size('batch') };
  }
}

const values = (...data: number[]) => ({
  dtype: 'float32' as const,
  shape: [data.length, 1],
  data: Float32Array.from(data),
});
const whole = { x: values(-1, 0, 1, 2), y: values(3, 5, 8, 9) };

async function scan(
  options: Parameters<typeof findLearningRate>[2],
  {
    batch = whole,
    others = [],
    offset = 0,
    optimizer = sgd({ learningRate: 1 }),
  }: {
    batch?: TrainingBatch | readonly TrainingBatch[];
    /** What comes by turns after it. */
    others?: readonly TrainingBatch[];
    offset?: number;
    optimizer?: Optimizer;
  } = {},
) {
  const trainStep = await TrainStep.create({
    engine: await testEngine(),
    model: new Line(offset),
    optimizer,
    seed: 1,
  });
  return findLearningRate(
    trainStep,
    Array.from({ length: 500 }, (_, i) => [batch, ...others][i % (1 + others.length)]!),
    options,
  );
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
    scan({ from: 1e-3, to: 1, steps: 20 }, { optimizer: adafactor({ learningRate }) }),
  );
  const [high, low] = await Promise.all(scans);
  expect(high!.losses.length).toBeGreaterThan(10);
  expect(low).toEqual(high);
});

it('refuses rates that cannot be', async () => {
  await expect(scan({ from: 0 })).rejects.toThrow('findLearningRate: from is 0');
});

it('sums the gradients of batches that are given together', async () => {
  const options = { from: 1e-4, to: 0.1, steps: 20 };
  const halves = [
    { x: values(-1, 0), y: values(3, 5) },
    { x: values(1, 2), y: values(8, 9) },
  ];
  const [one, two] = [await scan(options), await scan(options, { batch: halves })];
  expect(two.losses).toHaveLength(21);
  two.losses.forEach((loss, i) => expect(loss).toBeCloseTo(one.losses[i]!, 4));
  expect(two.suggestion).toBeCloseTo(one.suggestion, 12);
});

it('follows losses below zero', async () => {
  const { losses, suggestion } = await scan({ from: 1e-4, to: 10, steps: 100 }, { offset: 100 });
  expect(Math.max(...losses.slice(0, 20))).toBeLessThan(0);
  expect(suggestion).toBeGreaterThan(1e-3);
  expect(suggestion).toBeLessThan(0.55);
});

it('goes on where batches differ, also where their losses are near 0', async () => {
  const low = { from: 1e-6, to: 1e-5, steps: 20 };
  const [first] = (await scan(low)).losses;
  // The first loss is 0, and those of the other batches are above and below it.
  const others = [0.02, -0.01, 0.03].map((more) => ({ ...whole, y: values(3 + more, 5, 8, 9) }));
  const near = await scan(low, { offset: first!, others });
  expect(near.losses).toHaveLength(21);
  expect(Math.abs(near.losses[0]!)).toBeLessThan(1e-4);
  expect(Math.max(...near.losses)).toBeGreaterThan(0);
  // A second batch with a much higher loss than the first is no divergence.
  const hard = { ...whole, y: values(300, 500, 800, 900) };
  expect((await scan(low, { others: [hard] })).losses).toHaveLength(21);
});

it('still ends where losses near 0 run away', async () => {
  const [first] = (await scan({ steps: 1 })).losses;
  const others = [{ ...whole, y: values(3.02, 5, 8, 9) }];
  const { rates, losses, suggestion } = await scan(
    { from: 1e-4, to: 10, steps: 100 },
    { offset: first!, others },
  );
  expect(rates.at(-1)).toBeLessThan(10);
  expect(Math.min(...losses)).toBeLessThan(-1);
  expect(suggestion).toBeLessThan(0.55);
});

it('says what to do where there is no loss that could fall', async () => {
  const batchWith = (odd: number) => ({ ...whole, y: values(3, 5, odd, 9) });
  for (const odd of [NaN, Infinity])
    await expect(scan({}, { batch: batchWith(odd) })).rejects.toThrow(
      `at step 1, because the input 'y' has ${odd} at [2, 0] of the batch.`,
    );
  await expect(scan({}, { batch: batchWith(1e30) })).rejects.toThrow(
    /^findLearningRate: the loss of the first batch is not finite, before anything is learnt\. Look for very large values/,
  );
  await expect(scan({ from: 10, to: 100 })).rejects.toThrow(
    'findLearningRate: the loss runs away from the first update on, at the rate 10. Begin lower (from).',
  );
  // Not finite with the second batch.
  await expect(scan({ from: 1e30, to: 1e31 })).rejects.toThrow('the loss runs away from the first update on');
});
