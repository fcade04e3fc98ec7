import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UNKNOWN } from '../../text/vocabulary.js';
import type { Task } from '../task.js';
import { prepareTask } from './prepareTask.js';
import { readConfig } from './readConfig.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-augmentation-'));
  const rows = Array.from({ length: 40 }, (_, i) => `abcdefgh${i}\t${i % 2 ? 'odd' : 'even'}\t${i}`);
  await writeFile(join(folder, 'rows.tsv'), rows.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const path = join(folder, 'x.yaml');
  await writeFile(path, text);
  return readConfig(path);
}

/** The input of the first batch of an epoch, rows by the example that they are of. */
function epoch({ train }: Task, number: number, input: string) {
  const [first] = train.plan({ batchSize: 8 }, { seed: 1, epoch: number });
  return Array.from(train.batch(first!)[input]!.data as Float32Array);
}

it('drops other tokens in every epoch, and the same again when it is asked again', async () => {
  const task = await prepareTask(
    await read(`task: classification
data: { source: { file: rows.tsv } }
training: { augment: [{ type: token-dropout, rate: 0.3 }] }
`),
  );
  const [first, second] = [epoch(task, 0, 'source'), epoch(task, 1, 'source')];
  expect(first).toEqual(epoch(task, 0, 'source'));
  const places = (ids: number[]) => ids.flatMap((id, i) => (id === UNKNOWN ? [i] : []));
  expect(places(first).length).toBeGreaterThan(5);
  expect(places(first)).not.toEqual(places(second));
});

it('adds noise to series', async () => {
  const base = `task: forecasting
data: { source: { file: rows.tsv, columns: [2] } }
model: { type: linear, window: 4, horizon: 2 }
`;
  const plain = await prepareTask(await read(base));
  const noisy = await prepareTask(
    await read(`${base}training: { augment: [{ type: noise, deviation: 0.1 }] }\n`),
  );
  const [clear, changed] = [epoch(plain, 0, 'series'), epoch(noisy, 0, 'series')];
  const differences = clear.map((value, i) => Math.abs(value - changed[i]!));
  expect(Math.min(...differences)).toBeGreaterThan(0);
  expect(Math.max(...differences)).toBeLessThan(0.6);
});

it('refuses what does not go with the data', async () => {
  const of = (type: string) =>
    read(`task: classification
data: { source: { file: rows.tsv } }
training: { augment: [{ type: ${type} }] }
`);
  await expect(of('flip-images')).rejects.toThrow(
    'training.augment.0.type is flip-images, but the model reads texts; leave it out',
  );
  await expect(of('flip-image')).rejects.toThrow('flip-images');
});
