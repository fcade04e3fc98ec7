import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { UserError } from '../tensor/errors.js';
import {
  constantRate,
  cosine,
  inverseSqrt,
  linearDecay,
  oneCycle,
  plateau,
  stepDecay,
  type Schedule,
} from './schedules.js';

interface Case {
  type: string;
  options: object;
  peak: number;
  /** The rate of each step. */
  rates: number[];
  /** What a plateau is told, one after every `everySteps` steps. */
  metrics?: number[];
  everySteps?: number;
}

/** A schedule by its name in a configuration; the fixture holds its options. */
const builders = {
  constant: constantRate,
  'inverse-sqrt': inverseSqrt,
  cosine,
  linear: linearDecay,
  step: stepDecay,
  'one-cycle': oneCycle,
  plateau,
} as Readonly<Record<string, (options: object) => Schedule>>;

const file = new URL('../../test/fixtures/schedules/schedules.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Case>;

it.each(Object.entries(cases))('%s: the rates of PyTorch’s schedulers', (_, fixture) => {
  const { type, options, peak, rates, metrics = [], everySteps = 1 } = fixture;
  const schedule = builders[type]!(options);
  rates.forEach((rate, i) => {
    const step = i + 1;
    expect(peak * schedule.factor(step), `step ${step}`).toBeCloseTo(rate, 12);
    const metric = step % everySteps === 0 ? metrics[step / everySteps - 1] : undefined;
    if (metric !== undefined) schedule.observe!(metric);
  });
});

it('every schedule has a case', () => {
  expect([...new Set(Object.values(cases).map(({ type }) => type))].sort()).toEqual(
    Object.keys(builders).sort(),
  );
});

it('a plateau goes on from its state', () => {
  const { options, metrics } = cases['plateau, higher']!;
  const through = plateau(options);
  let stopped = plateau(options);
  for (const metric of metrics!) {
    through.observe!(metric);
    stopped.observe!(metric);
    const resumed = plateau(options);
    resumed.restore!(JSON.parse(JSON.stringify(stopped.state!())) as Record<string, number>);
    stopped = resumed;
    expect(stopped.factor(1)).toBe(through.factor(1));
  }
  expect(through.factor(1)).toBeLessThan(1);
  expect(plateau().state!()).toEqual({ scale: 1, bad: 0 });
});

it('one cycle begins at the peak where the rise is shorter than a step', () => {
  const rates = [1, 2, 10].map((step) => oneCycle({ totalSteps: 10, rise: 0.1, end: 0 }).factor(step));
  expect(rates[0]).toBe(1);
  expect(rates[1]).toBeCloseTo(0.97, 2);
  expect(rates[2]).toBeCloseTo(0, 10);
});

it('begins at the full rate by default', () => {
  expect(constantRate().factor(1)).toBe(1);
  expect(plateau().factor(1)).toBe(1);
});

const refused: Record<string, () => unknown> = {
  'cosine: totalSteps is 5; it must be more than the 5 of warmupSteps.': () =>
    cosine({ warmupSteps: 5, totalSteps: 5 }),
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
