import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copyConfig, useCli, type CliOptions } from '../support/cli.js';

const cli = useCli();

/** How often the run is killed; the long form: HEDDLE_KILLS=20. */
const KILLS = Number(process.env['HEDDLE_KILLS'] ?? 3);
const STEPS = 150 + 30 * KILLS;

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
  const train = async (run: string, options: CliOptions = {}) => {
    const set = ['--set', `training.steps=${STEPS}`, '--set', 'training.schedule.type=plateau'];
    const result = await cli.run(['train', 'copy.yaml', '--run', run, '--resume', ...set], options);
    expect(result.stderr).toBe('');
    return result.code;
  };
  let engineAt = 0;
  expect(await train('runs/whole', { onOutput: () => (engineAt ||= performance.now()) })).toBe(0);
  // Long enough that most runs get over a checkpoint, short enough that the kills fit into one training.
  const longest = (1.6 * (performance.now() - engineAt)) / KILLS;
  const whole = { metrics: await metricsOf('runs/whole'), tensors: await tensorsOf('runs/whole') };

  let kills = 0;
  for (let round = 1; kills < KILLS; round++) {
    const run = `runs/killed-${round}`;
    for (let code: number | null = null; code === null;) {
      let timer: NodeJS.Timeout | undefined;
      const aim = (_: string, kill: (signal: NodeJS.Signals) => void) => {
        if (kills < KILLS) timer ??= setTimeout(() => kill('SIGKILL'), Math.random() * longest);
      };
      code = await train(run, { onOutput: aim });
      clearTimeout(timer);
      if (code === null) kills++;
      else expect(code).toBe(0);
    }
    expect(await metricsOf(run)).toEqual(whole.metrics);
    expect(await tensorsOf(run)).toEqual(whole.tensors);
  }
}, 600_000);
