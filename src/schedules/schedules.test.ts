import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { UserError } from '../tensor/errors.js';
import { constantRate, cosine, inverseSqrt, linearDecay, oneCycle, plateau, stepDecay } from './schedules.js';

interface Fixture {
  'inverse-sqrt': { peak: number; warmupSteps: number; rates: number[] };
  cosine: { peak: number; warmupSteps: number; totalSteps: number; floor: number; rates: number[] };
  linear: { peak: number; warmupSteps: number; totalSteps: number; rates: number[] };
  step: { peak: number; everySteps: number; factor: number; rates: number[] };
  'one-cycle': { peak: number; totalSteps: number; rates: number[] };
  plateau: {
    initial: number;
    factor: number;
    patience: number;
    threshold: number;
    metrics: number[];
    rates: number[];
  };
}

const file = new URL('../../test/fixtures/schedules/schedules.json', import.meta.url);
const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture;

it('inverse square root follows its formula', () => {
  const { peak, warmupSteps, rates } = fixture['inverse-sqrt'];
  const schedule = inverseSqrt({ warmupSteps });
  rates.forEach((rate, i) => expect(peak * schedule.factor(i + 1)).toBeCloseTo(rate, 12));
});

it('cosine follows its formula down to the floor', () => {
  const { peak, warmupSteps, totalSteps, floor, rates } = fixture.cosine;
  const schedule = cosine({ warmupSteps, totalSteps, floor: floor / peak });
  rates.forEach((rate, i) => expect(peak * schedule.factor(i + 1)).toBeCloseTo(rate, 12));
  expect(() => cosine({ warmupSteps: 5, totalSteps: 5 })).toThrow(
    'cosine: totalSteps is 5; it must be more than the 5 of warmupSteps.',
  );
});

it('linear decay follows its formula', () => {
  const { peak, rates, ...options } = fixture.linear;
  const schedule = linearDecay(options);
  rates.forEach((rate, i) => expect(peak * schedule.factor(i + 1)).toBeCloseTo(rate, 12));
});

it('step decay is PyTorch’s', () => {
  const { peak, rates, ...options } = fixture.step;
  const schedule = stepDecay(options);
  rates.forEach((rate, i) => expect(peak * schedule.factor(i + 1)).toBeCloseTo(rate, 12));
});

it('one cycle is PyTorch’s', () => {
  const { peak, rates, ...options } = fixture['one-cycle'];
  const schedule = oneCycle(options);
  rates.forEach((rate, i) => expect(peak * schedule.factor(i + 1)).toBeCloseTo(rate, 12));
});

it('one cycle begins at the peak where the rise is shorter than a step', () => {
  const rates = [1, 2, 10].map((step) => oneCycle({ totalSteps: 10, rise: 0.1, end: 0 }).factor(step));
  expect(rates[0]).toBe(1);
  expect(rates[1]).toBeCloseTo(0.97, 2);
  expect(rates[2]).toBeCloseTo(0, 10);
});

it('plateau lowers the rate as PyTorch does, and goes on from its state', () => {
  const { initial, metrics, rates, ...options } = fixture.plateau;
  let schedule = plateau(options);
  metrics.forEach((metric, i) => {
    schedule.observe!(metric);
    expect(initial * schedule.factor(i + 1)).toBeCloseTo(rates[i]!, 12);
    const resumed = plateau(options);
    resumed.restore!(JSON.parse(JSON.stringify(schedule.state!())) as Record<string, number>);
    schedule = resumed;
  });
  expect(plateau().state!()).toEqual({ scale: 1, bad: 0 });
});

it('constant warms up and stays', () => {
  const schedule = constantRate({ warmupSteps: 4 });
  expect([1, 2, 4, 100].map((step) => schedule.factor(step))).toEqual([0.25, 0.5, 1, 1]);
  expect(constantRate().factor(1)).toBe(1);
});

const refused: Record<string, () => unknown> = {
  'linearDecay: totalSteps is 3; it must be more than the 3 of warmupSteps.': () =>
    linearDecay({ warmupSteps: 3, totalSteps: 3 }),
  'stepDecay: everySteps is 0; it must be a whole number from 1.': () => stepDecay({ everySteps: 0 }),
  'oneCycle: rise is 1; it must be above 0 and below 1.': () => oneCycle({ totalSteps: 9, rise: 1 }),
  'constantRate: warmupSteps is -1; it must be a whole number from 0.': () =>
    constantRate({ warmupSteps: -1 }),
  'inverseSqrt: warmupSteps is NaN; it must be a whole number from 0.': () =>
    inverseSqrt({ warmupSteps: NaN }),
  'cosine: totalSteps is 2.5; it must be a whole number from 0.': () => cosine({ totalSteps: 2.5 }),
  'cosine: floor is 1; it must be at least 0 and below 1.': () => cosine({ totalSteps: 5, floor: 1 }),
  'plateau: factor is 0; it must be above 0 and below 1.': () => plateau({ factor: 0 }),
  'plateau: patience is -1; it must be a whole number from 0.': () => plateau({ patience: -1 }),
  'plateau: threshold is -1; it must be a finite number from 0.': () => plateau({ threshold: -1 }),
  "plateau: better is 'less'; it must be 'lower' or 'higher'.": () => plateau({ better: 'less' as 'lower' }),
};

it.each(Object.entries(refused))('%s', (message, build) => {
  expect(build).toThrow(new UserError(message));
});
