import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../tensor/errors.js';
import type { MetricsRow } from '../metricsRow.js';
import { RunDirectory } from './runDirectory.js';
import { isLocked } from './runLock.js';

let parent: string;
let path: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'heddle-run-'));
  path = join(parent, 'runs/first');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const state = { step: 1, parameters: {}, optimizer: {}, state: {} };

describe('a run directory', () => {
  it('is made once it has a checkpoint, and opened again', async () => {
    const run = await RunDirectory.create(path);
    await run.writeText('config.yaml', 'task: copy\n');
    await run.writeJson('tokenizer.json', { symbols: ['a', 'ɹ'] });
    await run.metrics.append({ step: 1, epoch: 0.1, split: 'train', loss: 1 });
    run.close();
    // Stopped before its first checkpoint: a new training may start over.
    const again = await RunDirectory.create(path);
    expect(await again.metrics.read()).toEqual([]);
    await again.checkpoints().save(state);
    again.close();
    await expect(RunDirectory.create(path)).rejects.toThrow(`${path}: holds a run already. Go on with it`);
    const opened = await RunDirectory.open(path);
    expect(await opened.readText('config.yaml')).toBe('task: copy\n');
    expect(await opened.readJson('tokenizer.json')).toEqual({ symbols: ['a', 'ɹ'] });
    (await RunDirectory.resume(path)).close();
    expect((await readdir(path)).sort()).toEqual([
      'checkpoints',
      'config.yaml',
      'format.json',
      'tokenizer.json',
    ]);
  });

  it('of another version, or none, is refused with what this heddle reads', async () => {
    await expect(RunDirectory.open(path)).rejects.toThrow(`${path}: not a run directory`);
    (await RunDirectory.create(path)).close();
    await writeFile(join(path, 'format.json'), '{"formatVersion": 2}');
    for (const open of [RunDirectory.open, RunDirectory.resume]) {
      await expect(open(path)).rejects.toThrow(UserError);
      await expect(open(path)).rejects.toThrow('has format version 2; this heddle reads version 1.');
    }
  });

  it('is not made of a folder that holds something else', async () => {
    await mkdir(join(path, 'checkpoints'), { recursive: true });
    await writeFile(join(path, 'checkpoints', 'precious'), '');
    await expect(RunDirectory.create(path)).rejects.toThrow(/is not empty and not a run directory/);
    expect((await readdir(path)).sort()).toEqual(['checkpoints']);
  });

  it('is trained in by one process at a time', async () => {
    const run = await RunDirectory.create(path);
    for (const start of [RunDirectory.create, RunDirectory.resume]) {
      await expect(start(path)).rejects.toThrow(`process ${process.pid} is already training in this run`);
    }
    await RunDirectory.open(path);
    run.close();
    (await RunDirectory.resume(path)).close();
  });

  it('takes over the lock of a process that has died, but not one on another machine', async () => {
    (await RunDirectory.create(path)).close();
    const dead = spawnSync(process.execPath, ['--version']).pid;
    const stale: unknown[] = [{ pid: dead, host: hostname() }];
    // The same pid, now of a process that started at another time.
    if (process.platform === 'linux') stale.push({ pid: process.pid, host: hostname(), started: '1' });
    for (const owner of [...stale, '']) {
      await writeFile(join(path, 'lock'), owner === '' ? '' : JSON.stringify(owner));
      (await RunDirectory.resume(path)).close();
      expect(await readdir(path)).toEqual(['format.json']);
    }
    await writeFile(join(path, 'lock'), JSON.stringify({ pid: dead, host: 'elsewhere' }));
    await expect(RunDirectory.resume(path)).rejects.toThrow(
      `process ${dead} on elsewhere is already training in this run directory. Wait for it, stop it, or choose another directory. If no such process runs, remove ${join(path, 'lock')}.`,
    );
  });

  it.runIf(process.platform === 'linux')(
    'takes over the lock of a process that nobody has buried',
    async () => {
      (await RunDirectory.create(path)).close();
      // The shell becomes a program that never asks for the exit code of its child.
      const shell = spawn('sh', ['-c', 'true & echo $!; exec sleep 30'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [chunk] = (await once(shell.stdout, 'data')) as [Buffer];
      try {
        await writeFile(
          join(path, 'lock'),
          JSON.stringify({ pid: Number(chunk.toString()), host: hostname() }),
        );
        await vi.waitFor(async () => expect(await isLocked(path)).toBe(false), { timeout: 5000 });
        (await RunDirectory.resume(path)).close();
      } finally {
        shell.kill('SIGKILL');
      }
    },
  );

  it('gives a stale lock to one of many that want it', async () => {
    (await RunDirectory.create(path)).close();
    for (let round = 0; round < 20; round++) {
      await writeFile(join(path, 'lock'), JSON.stringify({ pid: 2 ** 30, host: hostname() }));
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => RunDirectory.resume(path)));
      const taken = results.filter((result) => result.status === 'fulfilled');
      expect(taken.length).toBe(1);
      taken[0]!.value.close();
    }
  });
});

describe('metrics.jsonl', () => {
  const row = (step: number, split: MetricsRow['split'] = 'train'): MetricsRow => ({
    step,
    epoch: step / 100,
    split,
    loss: 1 / step,
  });

  it('is cut back to a step byte for byte', async () => {
    const run = await RunDirectory.create(path);
    await run.metrics.truncate(5);
    for (const step of [10, 20, 30]) {
      await run.metrics.append(row(step));
      await run.metrics.append(row(step, 'validation'));
    }
    const file = join(path, 'metrics.jsonl');
    const whole = await readFile(file, 'utf8');
    await writeFile(file, whole + '{"step":40,"epoch":0.4,"spl');
    expect((await run.metrics.read()).length).toBe(6);
    await run.metrics.truncate(30);
    expect(await readFile(file, 'utf8')).toBe(whole);
    // A line that the person wrote in another style stays as it is.
    const styled = '{ "step": 10, "epoch": 1e-1, "split": "train" , "loss": 0.10 }\n';
    await writeFile(file, styled + whole);
    await run.metrics.truncate(20);
    expect(await readFile(file, 'utf8')).toBe(styled + whole.split('\n').slice(0, 4).join('\n') + '\n');
    expect((await run.metrics.read()).map(({ step }) => step)).toEqual([10, 10, 10, 20, 20]);
    await run.metrics.append({ ...row(50), loss: NaN });
    expect((await run.metrics.read()).at(-1)!.loss).toBeNull();
    run.close();
  });

  it.each([
    ['{"step":1', 'line 2: not valid JSON'],
    ['[]', 'line 2: has no "step" and "split". Remove the line.'],
    ['null', 'line 2: has no "step"'],
  ])('names a damaged line: %s', async (line, message) => {
    const run = await RunDirectory.create(path);
    const file = join(path, 'metrics.jsonl');
    await writeFile(file, `${JSON.stringify(row(1))}\n${line}\n${JSON.stringify(row(2))}\n`);
    await expect(run.metrics.read()).rejects.toThrow(`${file}: ${message}`);
    await expect(run.metrics.truncate(1)).rejects.toThrow(UserError);
    run.close();
  });
});

it('starts a new event file, in order, at each start of the run', async () => {
  const run = await RunDirectory.create(path);
  const later = 'events.out.tfevents.9999999999.0000.heddle';
  await mkdir(join(path, 'tensorboard'));
  await writeFile(join(path, 'tensorboard', later), '');
  const events = await run.startEventFile();
  await events.scalars(1, { 'loss/train': 2 });
  await events.text(1, 'samples', 'a → b');
  await run.startEventFile(1);
  const names = (await readdir(join(path, 'tensorboard'))).sort();
  expect(names).toEqual([
    later,
    'events.out.tfevents.9999999999.0001.heddle',
    'events.out.tfevents.9999999999.0002.heddle',
  ]);
  run.close();
});

/** Trains for ever: saves a checkpoint whose values all equal its step, and prints the step once it is saved. */
const TRAINING = `
  import { RunDirectory } from './runDirectory.js';
  const path = process.argv[2];
  const run = process.argv[3] === 'resume' ? await RunDirectory.resume(path) : await RunDirectory.create(path);
  const checkpoints = run.checkpoints();
  let step = (await checkpoints.any()) ? (await checkpoints.load('latest')).step : 0;
  await run.metrics.truncate(step);
  for (;;) {
    step++;
    const tensor = { dtype: 'float32', shape: [20000], data: new Float32Array(20000).fill(step) };
    await run.metrics.append({ step, epoch: 0, split: 'train', loss: 1 / step });
    await checkpoints.save(
      { step, parameters: { w: tensor }, optimizer: { m: tensor }, state: { step } },
      { best: step % 3 === 0 },
    );
    console.log(step);
  }
`;

it('holds a loadable latest checkpoint whenever its process is killed', async () => {
  const script = join(parent, 'training.mjs');
  await build({
    stdin: { contents: TRAINING, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
  });
  let saved = 0;
  for (let round = 0; round < 20; round++) {
    const child = spawn(process.execPath, [script, path, round === 0 ? 'create' : 'resume']);
    let errors = '';
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    await new Promise<void>((resolve) => {
      child.on('exit', () => resolve());
      child.stdout.on('data', (data: Buffer) => {
        saved = Math.max(saved, ...data.toString().trim().split('\n').map(Number));
        // From the first save on, at a moment that differs from round to round.
        setTimeout(() => child.kill('SIGKILL'), (round * 7) % 40);
      });
    });
    expect(errors).toBe('');
    const run = await RunDirectory.open(path);
    const latest = await run.checkpoints().load('latest');
    expect(latest.step).toBeGreaterThanOrEqual(saved);
    expect(latest.state).toEqual({ step: latest.step });
    for (const { data } of [latest.parameters.w!, latest.optimizer.m!]) {
      expect(data).toEqual(new Float32Array(20000).fill(latest.step));
    }
    expect((await run.checkpoints().load('best')).step).toBeGreaterThan(0);
  }
  const run = await RunDirectory.resume(path);
  const { step } = await run.checkpoints().load('latest');
  await run.metrics.truncate(step);
  expect((await run.metrics.read()).map((row) => row.step)).toEqual(
    Array.from({ length: step }, (_, i) => i + 1),
  );
  run.close();
});
