import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEngine } from '../../../test/support/evaluate.js';
import { Checkpoints, type Checkpoint } from '../../formats/node/checkpoints.js';
import { formatConfig } from '../parseConfig.js';
import { averageRun } from './averageRun.js';
import { prepareTask } from './prepareTask.js';
import { resolveConfig } from './readConfig.js';
import { openRun } from './trainedRun.js';
import { trainRun } from './trainRun.js';

const text = `
data: { source: { synthetic: sort, count: 120 }, split: { validation: 0.2, test: 0.1 } }
model: { encoder: { embeddingSize: 4, hiddenSize: 6, dropout: 0.1 }, decoder: { embeddingSize: 4, hiddenSize: 6 } }
training:
  steps: 12
  batchSize: 16
  optimizer: { type: adam, learningRate: 0.02 }
  checkpointEverySteps: 4
  logEverySteps: 4
  keepCheckpoints: 3
  validation: { everySteps: 4, metrics: [loss] }
`;

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'heddle-average-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const configOf = (...overrides: string[]) => resolveConfig(text, join(folder, 'sort.yaml'), overrides);
interface Training {
  resume?: boolean;
  set?: string[];
  /** The step that an interruption comes in. */
  stopIn?: number;
}
async function train(name: string, { resume = false, set = [], stopIn }: Training = {}) {
  const path = join(folder, name);
  const stop = new AbortController();
  await trainRun(configOf(...set), {
    engine: await testEngine(),
    path,
    resume,
    signal: stop.signal,
    observer: {
      progress({ step }) {
        if (step === stopIn) stop.abort();
      },
    },
  });
  return path;
}
const checkpointsOf = (path: string) => new Checkpoints(join(path, 'checkpoints'));

/** Every file of a folder and what it holds. */
async function contents(path: string): Promise<Record<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.sort().map(async (file) => [file, await readFile(file, 'base64')] as const)),
  );
}

const valuesOf = ({ parameters }: Pick<Checkpoint, 'parameters'>, name: string) =>
  Array.from(parameters[name]!.data, Number);

/** The mean of the checkpoints of some steps, computed plainly. */
async function meanOf(path: string, steps: readonly number[], name: string): Promise<number[]> {
  const values = async (step: number) => valuesOf(await checkpointsOf(path).loadParameters(step), name);
  const all = await Promise.all(steps.map(values));
  return all[0]!.map((_, i) => all.reduce((sum, each) => sum + each[i]!, 0) / all.length);
}

describe('the average of a run', () => {
  let path: string;
  beforeAll(async () => void (path = await train('plain')));

  it('is a run of its own, and leaves the other as it is', async () => {
    const before = await contents(path);
    const made = await averageRun(path);
    expect(resolve(made.path)).toBe(`${path}-average`);
    expect(made).toMatchObject({ steps: [4, 8, 12], statistics: [] });
    expect(await contents(path)).toEqual(before);

    const engine = await testEngine();
    const run = await openRun(made.path, { engine, task: 'sequence-to-sequence' });
    expect(run.step).toBe(12);
    for (const [name, { data }] of run.parameters) {
      const mean = await meanOf(path, made.steps, name);
      data.forEach((value, i) => expect(value).toBeCloseTo(mean[i]!, 6));
    }
    for (const checkpoint of [4, 8, 12])
      expect((await openRun(path, { engine, checkpoint })).step).toBe(checkpoint);
    expect((await openRun(path, { engine, checkpoint: 'latest' })).step).toBe(12);
    const { metrics } = await run.evaluate({ split: 'validation' }, { metrics: ['loss'] });
    expect(metrics.loss).toBeGreaterThan(0);
    await expect(openRun(path, { engine, checkpoint: 5 })).rejects.toThrow(
      'has no checkpoint of step 5, but those of steps 4, 8 and 12',
    );
  });

  it('is one of as many as are asked for, where they are there', async () => {
    const to = join(folder, 'two');
    expect(await averageRun(path, { last: 2, to })).toEqual({ path: to, steps: [8, 12], statistics: [] });
    const saved = await checkpointsOf(to).load('latest');
    const [name] = Object.keys(saved.parameters);
    expect(valuesOf(saved, name!)).toEqual(
      (await meanOf(path, [8, 12], name!)).map((value) => expect.closeTo(value, 6) as number),
    );
    await expect(averageRun(path, { last: 4 })).rejects.toThrow(
      `${path}: has 3 checkpoints (steps 4, 8 and 12), not 4. Train with a higher training.keepCheckpoints (it is 3) or`,
    );
    await expect(averageRun(path, { last: 1 })).rejects.toThrow(
      'an average: last is 1; it must be a whole number from 2.',
    );
    await expect(averageRun(path, { to })).rejects.toThrow(`${to}: holds a run already. Choose another`);
    await expect(averageRun(to)).rejects.toThrow(`${to}: has 1 checkpoint (step 12), not 2.`);
  });

  it('is none of a best checkpoint that is older than those that are kept', async () => {
    const old = await train('old', { set: ['training.keepCheckpoints=2'] });
    const checkpoints = new Checkpoints(join(old, 'checkpoints'), 2);
    const latest = await checkpoints.load('latest');
    for (const step of [16, 20, 24]) await checkpoints.save({ ...latest, step }, { best: step === 16 });
    expect(await checkpoints.steps()).toEqual([16, 20, 24]);
    await expect(averageRun(old, { last: 3 })).rejects.toThrow(
      `${old}: has 2 checkpoints (steps 20 and 24), not 3. Train with a higher training.keepCheckpoints`,
    );
    expect((await averageRun(old)).steps).toEqual([20, 24]);
    const one = new Checkpoints(join(old, 'checkpoints'), 1);
    await one.save({ ...latest, step: 28 });
    await writeFile(join(old, 'config.yaml'), formatConfig(configOf('training.keepCheckpoints=1')));
    await expect(averageRun(old, { to: join(folder, 'one') })).rejects.toThrow(
      `${old}: has 1 checkpoint (step 28), not 2.`,
    );
  });

  it('is the same where the run was interrupted between two checkpoints', async () => {
    const stopped = await train('broken', { stopIn: 10 });
    expect(await checkpointsOf(stopped).steps()).toEqual([4, 8, 10]);
    expect((await averageRun(stopped, { to: join(folder, 'early') })).steps).toEqual([4, 8]);
    await train('broken', { resume: true });
    expect(await checkpointsOf(stopped).steps()).toEqual([4, 8, 12]);
    const [whole, resumed] = [await checkpointsOf(path).load(12), await checkpointsOf(stopped).load(12)];
    expect(resumed.parameters).toEqual(whole.parameters);
    expect(resumed.optimizer).toEqual(whole.optimizer);
    const to = [join(folder, 'average-whole'), join(folder, 'average-broken')];
    await averageRun(path, { to: to[0]! });
    expect((await averageRun(stopped, { to: to[1]! })).steps).toEqual([4, 8, 12]);
    const [one, other] = await Promise.all(to.map((each) => checkpointsOf(each).load('latest')));
    expect(other!.parameters).toEqual(one!.parameters);
  });

  it('is what another training starts from, but does not go on from', async () => {
    const to = join(folder, 'start');
    await averageRun(path, { to });
    await expect(train('start', { resume: true })).rejects.toThrow(
      'holds an average of checkpoints, which no',
    );
    const task = await prepareTask(configOf(`training.initial={ run: '${to}', part: model }`));
    expect(task.facts.notes).toContain(`starts from all of ${to}`);
  });

  it('does not change how the run goes on', async () => {
    const longer = ['training.steps=20'];
    const whole = await train('whole', { set: longer });
    const stopped = await train('stopped');
    await averageRun(stopped);
    await train('stopped', { resume: true, set: [...longer, 'training.keepCheckpoints=5'] });
    expect(await checkpointsOf(whole).steps()).toEqual([12, 16, 20]);
    expect(await checkpointsOf(stopped).steps()).toEqual([4, 8, 12, 16, 20]);
    for (const step of [16, 20]) {
      const [one, other] = [await checkpointsOf(whole).load(step), await checkpointsOf(stopped).load(step)];
      expect(other.parameters).toEqual(one.parameters);
      expect(other.optimizer).toEqual(one.optimizer);
      expect({ ...other.state, seconds: 0 }).toEqual({ ...one.state, seconds: 0 });
    }
  });
});

it('averages running statistics as well, and names them', async () => {
  const encoder = '{ type: convolutional, embeddingSize: 4, channels: 6, layers: 1, batchNorm: true }';
  const set = [`model={ encoder: ${encoder}, decoder: { type: transformer, size: 8, heads: 2, layers: 1 } }`];
  const path = await train('normed', { set });
  const { path: to, statistics } = await averageRun(path);
  expect(statistics.length).toBeGreaterThan(0);
  for (const name of statistics) expect(name).toMatch(/\.running(Mean|Variance)$/);
  const [variance] = statistics.filter((name) => name.endsWith('.runningVariance'));
  const averaged = await checkpointsOf(to).loadParameters('best');
  const mean = await meanOf(path, [4, 8, 12], variance!);
  expect(valuesOf(averaged, variance!)).toEqual(mean.map((value) => expect.closeTo(value, 5) as number));
  expect(mean).not.toEqual(await meanOf(path, [12], variance!));
  const run = await openRun(to, { engine: await testEngine(), task: 'sequence-to-sequence' });
  expect((await run.evaluate({ split: 'test' }, { metrics: ['loss'] })).metrics.loss).toBeGreaterThan(0);
});
