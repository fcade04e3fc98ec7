import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Checkpoints } from '../../formats/node/checkpoints.js';
import { averageCheckpoints } from './averageCheckpoints.js';
import { RunRecorder } from './runRecorder.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'heddle-average-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const float32 = (...values: number[]) => ({
  dtype: 'float32' as const,
  shape: [values.length],
  data: Float32Array.from(values),
});

it('is the mean of the checkpoints of some steps, which no training goes on from', async () => {
  const recorder = await RunRecorder.open(join(folder, 'run'), { keepCheckpoints: 3 });
  for (const step of [1, 2, 3, 4]) {
    const optimizer = { 'm/weight': float32(1, 1) };
    await recorder.checkpoint(
      { step, parameters: { weight: float32(step, -3) }, optimizer, state: {} },
      false,
    );
  }
  recorder.close();
  const checkpoints = recorder.run.checkpoints();
  expect(await checkpoints.steps()).toEqual([2, 3, 4]);
  const average = await averageCheckpoints(checkpoints, [2, 4]);
  expect(average).toMatchObject({ step: 4, parameters: { weight: float32(3, -3) }, optimizer: {} });
  await expect(averageCheckpoints(checkpoints, [1, 4])).rejects.toThrow(
    'has no checkpoint of step 1, but those',
  );

  const made = await RunRecorder.open(join(folder, 'average'));
  await made.checkpoint(average, false);
  made.close();
  expect((await made.run.checkpoints().loadParameters('best')).parameters).toEqual({
    weight: float32(3, -3),
  });
  await expect(RunRecorder.open(join(folder, 'average'), { resume: true })).rejects.toThrow(
    `${join(folder, 'average')}: holds an average of checkpoints, which no training goes on from. Go on with the run`,
  );
  // The lock is free again.
  await expect(RunRecorder.open(join(folder, 'average'), { resume: true })).rejects.toThrow(
    'holds an average',
  );
});

it('needs two at least', async () => {
  const checkpoints = new Checkpoints(join(folder, 'none'));
  await expect(averageCheckpoints(checkpoints, [])).rejects.toThrow(
    'nothing to average in no checkpoint. Give',
  );
  await expect(averageCheckpoints(checkpoints, [5, 5])).rejects.toThrow(
    'averageCheckpoints: there is nothing to average in the checkpoint of step 5. Give two steps at least.',
  );
});
