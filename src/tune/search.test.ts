import { describe, expect, it } from 'vitest';
import { nextJob, ranking, rungSizes, rungsOf, winner, type Job, type Search, type Strategy, type Trial } from './search.js'; // prettier-ignore
import type { Values } from './space.js';

const space = { x: { uniform: [0, 1], points: 3 }, y: { choice: ['a', 'b'] } };

function searchOf(strategy: Strategy, trials: number, rest: Partial<Search> = {}): Search {
  return {
    space,
    strategy,
    trials,
    seed: 1,
    rungs: rungsOf(strategy, 900),
    betterWhen: 'lower',
    isAllowed: () => true,
    ...rest,
  };
}

/** Lower near x = 0.3; longer training is better. */
const figure = ({ x }: Values, rung: number) => Math.abs((x as number) - 0.3) - rung;

/** Carries a job out. */
function done(trials: readonly Trial[], { trial, values, rung }: Job, value: number): Trial[] {
  const old = trials[trial - 1] ?? { number: trial, values, results: [] };
  const result = { value, step: 1, steps: 1, seconds: 1 };
  const changed = [...trials];
  changed[trial - 1] = Number.isFinite(value)
    ? { ...old, results: [...old.results, result] }
    : { ...old, error: 'no memory' };
  expect(old.results).toHaveLength(rung);
  return changed;
}

/** All jobs of a search, one after the other, and its trials. */
function carriedOut(search: Search, value = figure): { jobs: Job[]; trials: Trial[] } {
  const jobs: Job[] = [];
  let trials: Trial[] = [];
  for (;;) {
    const job = nextJob(search, trials, new Set());
    if (!job) return { jobs, trials };
    jobs.push(job);
    trials = done(trials, job, value(job.values, job.rung));
  }
}

const halving: Strategy = { type: 'halving', minSteps: 100, eta: 3, sampler: { type: 'random' } };

describe('a search', () => {
  it.each<Strategy>([{ type: 'random' }, { type: 'tpe', startup: 4 }])(
    'trains each of its trials once: $type',
    (strategy) => {
      // prettier-ignore
      const { jobs, trials } = carriedOut(searchOf(strategy, 9));
      expect(jobs.map(({ trial, rung }) => [trial, rung])).toEqual(trials.map(({ number }) => [number, 0]));
      expect(trials).toHaveLength(9);
    },
  );

  it('tries a whole grid, but what is not allowed', () => {
    const isAllowed = ({ x, y }: Values) => !(x === 0 && y === 'b');
    const { trials } = carriedOut(searchOf({ type: 'grid' }, 5, { isAllowed }));
    expect(trials.map(({ values: { x, y } }) => [x, y])).toEqual([[0, 'a'], [0.5, 'a'], [0.5, 'b'], [1, 'a'], [1, 'b']]); // prettier-ignore
  });

  it('takes up what was begun, and goes on as if it had not been killed', () => {
    const search = searchOf({ type: 'tpe', startup: 3 }, 8);
    const whole = carriedOut(search);
    for (const [at, job] of whole.jobs.entries()) {
      const before = whole.trials.slice(0, at);
      expect(nextJob(search, before, new Set())).toEqual(job);
      const begun = [...before, { number: job.trial, values: job.values, results: [] }];
      expect(nextJob(search, begun, new Set())).toEqual(job);
    }
  });

  it('goes on with more trials than it was to have', () => {
    const strategy: Strategy = { type: 'tpe', startup: 3 };
    const { trials } = carriedOut(searchOf(strategy, 5));
    expect(nextJob(searchOf(strategy, 5), trials, new Set())).toBeUndefined();
    expect(nextJob(searchOf(strategy, 6), trials, new Set())).toMatchObject({ trial: 6 });
  });

  it('ranks trials by their figure, the higher first where that is better', () => {
    const { trials } = carriedOut(searchOf({ type: 'random' }, 6));
    for (const betterWhen of ['lower', 'higher'] as const) {
      const search = searchOf({ type: 'random' }, 6, { betterWhen });
      const values = ranking(search, trials).map(({ results }) => results[0]!.value);
      const sorted = [...values].sort((a, b) => (betterWhen === 'lower' ? a - b : b - a));
      expect(values).toEqual(sorted);
      expect(winner(search, trials)!.results[0]!.value).toBe(sorted[0]);
    }
  });

  it('puts trials that diverged or failed last, and lets none of them win', () => {
    const search = searchOf({ type: 'random' }, 3);
    const trials: Trial[] = [
      { number: 1, values: {}, results: [], error: 'no memory' },
      { number: 2, values: {}, results: [{ value: NaN, step: 1, steps: 1, seconds: 1 }] },
    ];
    expect(winner(search, trials)).toBeUndefined();
    const third: Trial = { number: 3, values: {}, results: [{ value: 9, step: 1, steps: 1, seconds: 1 }] };
    expect(ranking(search, [...trials, third]).map(({ number }) => number)).toEqual([3, 2, 1]);
  });
});

describe('successive halving', () => {
  const search = searchOf(halving, 18);

  it('has rungs up to the full length, each with a third of the trials of the one before', () => {
    expect(search.rungs).toEqual([100, 300, Infinity]);
    expect(rungSizes(search)).toEqual([18, 6, 2]);
    expect(rungSizes(searchOf(halving, 2))).toEqual([2, 1, 1]);
  });

  it('lets the best go on', () => {
    const { jobs, trials } = carriedOut(search);
    const inRung = (rung: number) => jobs.filter((job) => job.rung === rung).map(({ trial }) => trial);
    const best = (rung: number, among: number[], count: number) =>
      [...among].sort((a, b) => trials[a - 1]!.results[rung]!.value - trials[b - 1]!.results[rung]!.value).slice(0, count); // prettier-ignore
    expect(inRung(0)).toHaveLength(18);
    expect(inRung(1)).toEqual(best(0, inRung(0), 6));
    expect(inRung(2)).toEqual(best(1, inRung(1), 2));
    expect(winner(search, trials)!.number).toBe(inRung(2)[0]);
    expect(ranking(search, trials).slice(0, 6).map(({ results }) => results.length)).toEqual([3, 3, 2, 2, 2, 2]); // prettier-ignore
  });

  it('waits for the trials of a rung before it chooses', () => {
    const { trials } = carriedOut(search, (values, rung) => figure(values, rung));
    const first = trials.map((trial) => ({ ...trial, results: trial.results.slice(0, 1) }));
    const unfinished = first.map((trial) => (trial.number === 5 ? { ...trial, results: [] } : trial));
    expect(nextJob(search, unfinished, new Set([5]))).toBeUndefined();
    expect(nextJob(search, unfinished, new Set())).toMatchObject({ trial: 5, rung: 0 });
    expect(nextJob(search, first, new Set())).toMatchObject({ rung: 1 });
  });

  it('promotes no trial that failed before one that did not', () => {
    const { jobs } = carriedOut(search, (values, rung) =>
      values['y'] === 'a' ? Infinity : figure(values, rung),
    );
    expect(jobs.filter(({ rung }) => rung > 0).every(({ values }) => values['y'] === 'b')).toBe(true);
  });

  it('lets the first rung alone guide what is drawn', () => {
    const guided = searchOf({ ...halving, sampler: { type: 'tpe', startup: 4 } }, 18);
    const { jobs } = carriedOut(guided);
    const others = carriedOut(guided, (values, rung) => (rung === 0 ? figure(values, 0) : 7)).jobs;
    expect(others.slice(0, 18)).toEqual(jobs.slice(0, 18));
  });
});

it('runs several trials at a time, each once', () => {
  const search = searchOf({ type: 'tpe', startup: 2 }, 6);
  let trials: Trial[] = [];
  const running = new Map<number, Job>();
  for (const pick of [1, 0, 1, 0, 0, 0]) {
    while (running.size < 2) {
      const job = nextJob(search, trials, new Set(running.keys()));
      if (!job) break;
      if (job.trial > trials.length)
        trials = [...trials, { number: job.trial, values: job.values, results: [] }];
      running.set(job.trial, job);
    }
    const job = [...running.values()][Math.min(pick, running.size - 1)]!;
    running.delete(job.trial);
    trials = done(trials, job, figure(job.values, 0));
  }
  expect(trials.map(({ results }) => results.length)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(nextJob(search, trials, new Set())).toBeUndefined();
});
