import { mkdtemp, readFile, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostTensor } from '../../engine/engine.js';
import { UserError } from '../../tensor/errors.js';
import { Checkpoints, type Checkpoint } from './checkpoints.js';

/** When set, writing to a file whose path holds this text fails as on a full disk. */
let fullDiskAt: string | undefined;
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  return {
    ...fs,
    open: async (...args: Parameters<typeof fs.open>) => {
      if (fullDiskAt && args[1] === 'wx' && String(args[0]).includes(fullDiskAt)) {
        throw Object.assign(new Error('simulated'), { code: 'ENOSPC' });
      }
      return fs.open(...args);
    },
  };
});

const float32 = (...values: number[]): HostTensor => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
});
const checkpoint = (step: number): Checkpoint => ({
  step,
  parameters: { 'encoder.weight': float32(step, -step), 'decoder.bias': float32(0.1 * step) },
  optimizer: { 'm.encoder.weight': float32(step / 3, 1) },
  state: { step, seed: 7, best: { per: 0.1 / step } },
});

let directory: string;
let checkpoints: Checkpoints;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'heddle-checkpoints-'));
  checkpoints = new Checkpoints(directory);
});
afterEach(async () => {
  fullDiskAt = undefined;
  await rm(directory, { recursive: true, force: true });
});

it('gives back what was saved', async () => {
  expect(await checkpoints.any()).toBe(false);
  await checkpoints.save(checkpoint(5));
  expect(await checkpoints.any()).toBe(true);
  expect(await checkpoints.load('latest')).toEqual(checkpoint(5));
  expect(await checkpoints.load('best')).toEqual(checkpoint(5));
  expect(await checkpoints.loadParameters('latest')).toEqual({
    step: 5,
    parameters: checkpoint(5).parameters,
  });
  expect((await readdir(directory)).sort()).toEqual(['latest.json', 'step-00000005']);
});

it('keeps the newest two and the best', async () => {
  for (const step of [10, 20, 30, 40]) await checkpoints.save(checkpoint(step), { best: step === 10 });
  expect((await readdir(directory)).sort()).toEqual([
    'best.json',
    'latest.json',
    'step-00000010',
    'step-00000030',
    'step-00000040',
  ]);
  expect((await checkpoints.load('best')).step).toBe(10);
  expect((await checkpoints.load('latest')).step).toBe(40);
  await checkpoints.save(checkpoint(50), { best: true });
  expect((await readdir(directory)).sort()).toEqual([
    'best.json',
    'latest.json',
    'step-00000040',
    'step-00000050',
  ]);
});

it('keeps what an interruption saved only as long as it is the latest, and does not count it', async () => {
  await checkpoints.save(checkpoint(3), { interrupted: true });
  for (const step of [10, 20]) await checkpoints.save(checkpoint(step), { best: step === 10 });
  await checkpoints.save(checkpoint(23), { interrupted: true });
  expect(await checkpoints.steps()).toEqual([10, 20, 23]);
  expect((await checkpoints.load('latest')).step).toBe(23);
  expect(await checkpoints.newestSteps()).toEqual([10, 20]);
  await checkpoints.save(checkpoint(26), { interrupted: true });
  expect(await checkpoints.steps()).toEqual([10, 20, 26]);
  await checkpoints.save(checkpoint(30));
  expect(await checkpoints.steps()).toEqual([10, 20, 30]);
  expect(await checkpoints.newestSteps()).toEqual([20, 30]);
});

it('saves a step again beside its older directory, and clears steps of an abandoned future', async () => {
  for (const step of [10, 20]) await checkpoints.save(checkpoint(step));
  const again = { ...checkpoint(10), state: { again: true } };
  await checkpoints.save(again);
  expect(await checkpoints.load('latest')).toEqual(again);
  expect((await readdir(directory)).sort()).toEqual(['latest.json', 'step-00000010', 'step-00000010-2']);
});

it('lists steps, and gives back that of each', async () => {
  expect(await checkpoints.steps()).toEqual([]);
  await expect(checkpoints.load(10)).rejects.toThrow(`${directory}: has no checkpoint of step 10. training.`);
  const three = new Checkpoints(directory, 3);
  for (const step of [10, 20, 30, 100_000_000]) await three.save(checkpoint(step), { best: step === 10 });
  expect(await checkpoints.steps()).toEqual([10, 20, 30, 100_000_000]);
  for (const step of [10, 30, 100_000_000]) expect(await checkpoints.load(step)).toEqual(checkpoint(step));
  const { parameters } = checkpoint(20);
  expect(await checkpoints.loadParameters(20)).toEqual({ step: 20, parameters });
  await expect(checkpoints.loadParameters(25)).rejects.toThrow(
    `${directory}: has no checkpoint of step 25, but those of steps 10, 20, 30 and 100,000,000. training.keepCheckpoints says how many stay.`,
  );
});

it('gives the newer one of a step that was saved twice', async () => {
  for (const step of [10, 20]) await checkpoints.save(checkpoint(step));
  const again = { ...checkpoint(10), state: { again: true } };
  await checkpoints.save(again);
  expect(await checkpoints.steps()).toEqual([10]);
  expect(await checkpoints.load(10)).toEqual(again);
});

it('never loses the latest checkpoint to a full disk', async () => {
  await checkpoints.save(checkpoint(10), { best: true });
  const before = (await readdir(directory)).sort();
  for (const place of ['parameters.safetensors', 'optimizer.safetensors', 'state.json', 'manifest.json']) {
    fullDiskAt = place;
    await expect(checkpoints.save(checkpoint(20))).rejects.toThrow(
      /Could not write .*step-00000020: the disk is full/,
    );
    expect((await readdir(directory)).sort()).toEqual(before);
  }
  for (const place of ['.best.json', '.latest.json']) {
    fullDiskAt = place;
    await expect(checkpoints.save(checkpoint(20), { best: true })).rejects.toThrow(UserError);
    expect(await checkpoints.load('latest')).toEqual(checkpoint(10));
  }
  fullDiskAt = undefined;
  await checkpoints.save(checkpoint(20), { best: true });
  expect(await checkpoints.load('best')).toEqual(checkpoint(20));
  expect((await readdir(directory)).length).toBe(4);
});

describe('a damaged checkpoint', () => {
  beforeEach(async () => {
    await checkpoints.save(checkpoint(10));
    await checkpoints.save(checkpoint(20));
  });
  const path = (name: string): string => join(directory, 'step-00000020', name);
  const flip = async (file: string, at: number): Promise<void> => {
    const bytes = await readFile(file);
    bytes[at] = bytes[at]! ^ 1;
    await writeFile(file, bytes);
  };

  const damages: [string, string, (file: string) => Promise<void>, RegExp][] = [
    [
      'truncated',
      'parameters.safetensors',
      (f) => truncate(f, 30),
      /has 30 bytes instead of \d+: it is truncated/,
    ],
    ['empty', 'optimizer.safetensors', (f) => truncate(f, 0), /has 0 bytes instead of/],
    ['edited', 'parameters.safetensors', (f) => flip(f, 100), /SHA-256 differs/],
    ['edited', 'state.json', (f) => flip(f, 10), /SHA-256 differs/],
    ['removed', 'state.json', (f) => rm(f), /the file is missing/],
    ['edited', 'manifest.json', (f) => flip(f, 10), /was edited or is truncated/],
    ['removed', 'manifest.json', (f) => rm(f), /the file is missing/],
  ];
  it.each(damages)('(%s %s) is named, with the way back', async (_, name, damage, message) => {
    await damage(path(name));
    const loading = checkpoints.load('latest');
    await expect(loading).rejects.toThrow(UserError);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(path(name));
    await expect(loading).rejects.toThrow(
      `remove the folder ${join(directory, 'step-00000020')} to fall back to step-00000010.`,
    );
    // The remedy works.
    await rm(join(directory, 'step-00000020'), { recursive: true });
    expect(await checkpoints.load('latest')).toEqual(checkpoint(10));
    await checkpoints.save(checkpoint(20));
    expect(await checkpoints.load('latest')).toEqual(checkpoint(20));
  });

  it('that is the only one says so', async () => {
    await rm(join(directory, 'step-00000010'), { recursive: true });
    await truncate(path('state.json'), 3);
    await expect(checkpoints.load('latest')).rejects.toThrow('there is no other checkpoint');
  });

  it('or pointer is named', async () => {
    await writeFile(join(directory, 'latest.json'), '{}');
    await expect(checkpoints.load('latest')).rejects.toThrow(/latest\.json: does not name a checkpoint/);
    await writeFile(join(directory, 'latest.json'), '');
    await expect(checkpoints.load('latest')).rejects.toThrow(/latest\.json: the file is empty/);
    await rm(join(directory, 'latest.json'));
    expect((await checkpoints.load('latest')).step).toBe(20);
    await checkpoints.save(checkpoint(30), { best: true });
    await rename(join(directory, 'step-00000030'), join(directory, 'gone'));
    await expect(checkpoints.load('best')).rejects.toThrow(/best\.json: the best checkpoint, step-00000030/);
  });
});

it('says when there is no checkpoint', async () => {
  await expect(checkpoints.load('latest')).rejects.toThrow(`${directory}: holds no checkpoint yet`);
  await expect(new Checkpoints(join(directory, 'none')).load('best')).rejects.toThrow('no checkpoint yet');
  expect(() => new Checkpoints(directory, 0)).toThrow('at least 1');
});

it('refuses a state that JSON cannot hold, and writes nothing', async () => {
  const bad = { ...checkpoint(1), state: { best: NaN } };
  await expect(checkpoints.save(bad)).rejects.toThrow("JSON cannot hold NaN (key 'best')");
  expect(await readdir(directory)).toEqual([]);
});
