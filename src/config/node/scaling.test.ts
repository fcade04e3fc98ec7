import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MinMaxScaler } from '../../data/minMaxScaler.js';
import { RunDirectory } from '../../formats/node/runDirectory.js';
import { forecastFigures } from '../forecastFigures.js';
import { fitScaling, scalingTypes, scalingToJson } from '../scaling.js';
import { readScaling } from './scaling.js';

let folder: string;
let run: RunDirectory;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-scaling-'));
  run = await RunDirectory.create(join(folder, 'run'));
});
afterAll(async () => {
  run.close();
  await rm(folder, { recursive: true });
});

const columns = { names: ['a', 'b'], values: [1, 10, 3, 30, 2, 80] };

async function readBack(json: object) {
  await run.writeJson('scaling.json', json);
  return readScaling(run, 'scaling.json');
}

it.each(scalingTypes)('is read as it was kept: %s', async (type) => {
  const scaling = fitScaling(columns, type);
  expect(await readBack(scalingToJson(scaling))).toEqual(scaling);
});

it('of a min-max run from before deviations were kept is read, but standardises nothing', async () => {
  const { names, means, minima, ranges } = scalingToJson(fitScaling(columns, 'min-max')) as {
    [key: string]: unknown;
  };
  const scaling = await readBack({ names, means, minima, ranges });
  expect(scaling.scaler).toBeInstanceOf(MinMaxScaler);
  expect([...scaling.scaler.invert([0.5, 1])]).toEqual([2, 80]);
  const pairs = { targets: [0, 1], predictions: [0.5, 1] };
  expect(forecastFigures({ loss: 2, pairs }, scaling, ['loss', 'mape'])).toEqual({ loss: 2, mape: 0.5 });
  expect(() => forecastFigures({ pairs }, scaling, ['mape', 'mse'])).toThrow(
    'scaling.json of the run has no deviations: when it was made, min-max scaling kept none, so its values cannot be standardised. Train a new run, or add "deviations" to the file: a list of those of a, b over the training rows.',
  );
});

it('of a standard run needs deviations', async () => {
  await expect(readBack({ names: ['a'], means: [0] })).rejects.toThrow(
    /scaling\.json: no scaling of a model\. Restore the file/,
  );
});
