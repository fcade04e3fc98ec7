import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRun } from '../../src/config/node/trainedRun.js';
import { readConfig } from '../../src/config/node/readConfig.js';
import { trainRun } from '../../src/config/node/trainRun.js';
import type { Engine } from '../../src/engine/engine.js';
import { createEngine } from '../../src/engine/node/createEngine.js';

/** The share of unseen sources that must be answered exactly right. */
const tasks = [
  { task: 'addition', exact: 0.99 },
  { task: 'reverse', exact: 0.97 },
  { task: 'copy', exact: 0.99 },
  { task: 'sort', exact: 0.99 },
];
/** The short form learns two of the tasks, to the same mark. */
const chosen = process.env['HEDDLE_SYSTEM'] === 'short' ? tasks.slice(0, 2) : tasks;

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await createEngine();
  folder = await mkdtemp(join(tmpdir(), 'heddle-toys-'));
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

describe.each(chosen)('$task', ({ task, exact }) => {
  it(`is learnt from examples/toy/${task}.yaml: ${exact * 100} % of unseen items are exact`, async () => {
    const path = fileURLToPath(new URL(`../../examples/toy/${task}.yaml`, import.meta.url));
    const config = await readConfig(path, []);
    const run = join(folder, task);
    const { fit } = await trainRun(config, { engine, path: run });
    const { examples, metrics } = await (await openRun(run, { engine })).evaluate({ split: 'test' });
    expect(examples).toBeGreaterThanOrEqual(1000);
    console.log(
      `${task}: ${(metrics.exactMatch! * 100).toFixed(2)} % of ${examples} exact after ${fit.steps} steps, ${fit.seconds.toFixed(0)} s`,
    );
    expect(metrics.exactMatch).toBeGreaterThanOrEqual(exact);
  });
});
