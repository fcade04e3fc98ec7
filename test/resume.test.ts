import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copyConfig, useCli } from './support/cli.js';

const cli = useCli();

/** How often the run is killed; the long form: HEDDLE_KILLS=20. */
const KILLS = Number(process.env['HEDDLE_KILLS'] ?? 3);
/** Checkpoints of the uninterrupted run, and so the moments between which a kill can fall. */
const STEPS = 100 + 20 * KILLS;

const exempt = /^(time|memory)|PerSecond$/;

/** The rows without what depends on the clock and the machine; numbers keep every bit in JSON. */
async function metricsOf(run: string): Promise<string[]> {
  const text = await readFile(join(cli.folder, run, 'metrics.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) =>
      JSON.stringify(
        Object.entries(JSON.parse(line) as Record<string, unknown>).filter(([name]) => !exempt.test(name)),
      ),
    );
}

/** Every checkpoint's tensors, by file. */
async function tensorsOf(run: string): Promise<Record<string, Buffer>> {
  const folder = join(cli.folder, run, 'checkpoints');
  const files: Record<string, Buffer> = {};
  for (const name of await readdir(folder)) {
    if (!name.startsWith('step-')) continue;
    // A step that was saved again has a number behind it.
    const step = /^step-\d+/.exec(name)![0];
    for (const file of ['parameters.safetensors', 'optimizer.safetensors'])
      files[`${step}/${file}`] = await readFile(join(folder, name, file));
  }
  return files;
}

it(`gives the same bits after ${KILLS} kills as without`, async () => {
  await writeFile(join(cli.folder, 'copy.yaml'), copyConfig);
  const train = (run: string) => [
    'train',
    'copy.yaml',
    '--run',
    run,
    '--set',
    `training.steps=${STEPS}`,
    '--set',
    'training.schedule.type=plateau',
  ];
  const started = performance.now();
  expect((await cli.run(train('runs/whole'))).code).toBe(0);
  const duration = performance.now() - started;

  let kills = 0;
  for (let attempt = 1; ; attempt++) {
    expect(attempt, 'attempts').toBeLessThan(20 * KILLS);
    // Resumed runs are shorter than the whole one, so most of these moments fall into it.
    const timer = { id: undefined as NodeJS.Timeout | undefined };
    const { code, stderr } = await cli.run([...train('runs/killed'), '--resume'], {
      onOutput: (_, kill) => {
        if (kills < KILLS) timer.id ??= setTimeout(() => kill('SIGKILL'), Math.random() * 0.4 * duration);
      },
    });
    clearTimeout(timer.id);
    expect(stderr).toBe('');
    if (code === null) {
      kills++;
      continue;
    }
    expect(code).toBe(0);
    if (kills >= KILLS) break;
    // It came through before it could be killed: what is left of the kills would find nothing to interrupt.
    break;
  }
  expect(kills).toBeGreaterThan(0);
  expect(await metricsOf('runs/killed')).toEqual(await metricsOf('runs/whole'));
  expect(await tensorsOf('runs/killed')).toEqual(await tensorsOf('runs/whole'));
}, 600_000);
