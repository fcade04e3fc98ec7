import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useCli, type CliResult } from '../support/cli.js';

const cli = useCli();
const file = (...names: string[]) => join(cli.folder, ...names);

const config = `name: toy
data:
  source: { synthetic: reverse, count: 300 }
  split: { validation: 0.1, test: 0.1 }
model:
  encoder: { embeddingSize: 8, hiddenSize: 8 }
  decoder: { embeddingSize: 8, hiddenSize: 8 }
training:
  steps: 20
  batchSize: 32
  optimizer: { type: adam }
  logEverySteps: 5
  checkpointEverySteps: 5
  validation: { everySteps: 10, metrics: [loss, per] }
decoding: { maxLength: 20 }
tune:
  trials: 4
  strategy: { type: tpe, startup: 2 }
  space:
    training.optimizer.learningRate: { logUniform: [1e-3, 1e-1] }
    model.encoder.dropout: { uniform: [0, 0.3] }
    model.encoder.hiddenSize: { choice: [8, 12] }
    model.decoder.hiddenSize: { integer: [8, 10] }
`;

/** The lines of a file of rows, without what the clock decides. */
async function rowsOf(...names: string[]): Promise<string[]> {
  const lines = (await readFile(file(...names), 'utf8')).trimEnd().split('\n');
  const timed = /^(seconds|time|memory)$|PerSecond$/;
  return lines.map((line) =>
    JSON.stringify(
      Object.entries(JSON.parse(line) as Record<string, unknown>).filter(([name]) => !timed.test(name)),
    ),
  );
}

let whole: CliResult;
beforeAll(async () => {
  await writeFile(file('toy.yaml'), config);
  whole = await cli.run(['tune', 'toy.yaml']);
}, 60_000);

describe('heddle tune', () => {
  it('says what it does, ranks its trials, and what to type next', () => {
    expect(whole.stderr).toBe('');
    expect(whole.code).toBe(0);
    expect(whole.stdout).toMatch(
      /^Directory: runs\/toy-tune\nSearch: tpe over 4 keys, 4 trials, by loss on validation\n\ntrial 1\/4 {2}loss \d\.\d{3} · optimizer\.learningRate [\d.]+ · encoder\.dropout [\d.]+ · encoder\.hiddenSize \d+ · decoder\.hiddenSize \d+ · .*★ best so far\n/,
    );
    const figures = [...whole.stdout.matchAll(/^ +(\d) +(\d\.\d{3}) /gm)].map(([, , loss]) => Number(loss));
    expect(figures).toHaveLength(4);
    expect(figures).toEqual([...figures].sort((a, b) => a - b));
    expect(whole.stdout).toMatch(
      /Best: trial \d, loss .*\n\nNext:\n {2}npx heddle evaluate runs\/toy-tune\/trial-00\d\n/,
    );
  });

  it('leaves the best configuration complete, and a report', async () => {
    const best = await readFile(file('runs/toy-tune/best.yaml'), 'utf8');
    expect(best).toMatch(
      /^# The best of 4 trials of: heddle tune toy\.yaml\n# Trial \d: loss .* at step \d+\n/,
    );
    expect(best).toContain('name: toy-best\n');
    expect(best).not.toContain('tune:');
    const trained = await cli.run(['train', 'runs/toy-tune/best.yaml', '--set', 'training.steps=5']);
    expect(trained.stderr).toBe('');
    expect(trained.code).toBe(0);
    const report = await readFile(file('runs/toy-tune/report.html'), 'utf8');
    for (const title of ['Values and figures', 'What matters', 'Trials', 'Best configuration'])
      expect(report).toContain(`<h2>${title}</h2>`);
    expect(report).not.toMatch(/NaN|undefined|<script/);
  });

  it('gives the same trials and figures after it was killed twice and stopped once', async () => {
    const again = ['tune', 'toy.yaml', '--run', 'runs/killed', '--resume'];
    const codes: (number | null)[] = [];
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGKILL'] as const) {
      let timer: NodeJS.Timeout | undefined;
      const { code, stdout } = await cli.run(again, {
        // Anywhere in the first trials of this part: while one begins, trains, or has just ended.
        onOutput: (_, kill) => (timer ??= setTimeout(() => kill(signal), 150 + 700 * Math.random())),
      });
      clearTimeout(timer);
      codes.push(code);
      if (code === 130) expect(stdout).toContain('npx heddle tune toy.yaml --run runs/killed --resume\n');
    }
    expect(codes).toEqual([null, 130, null]);
    const { code, stderr } = await cli.run(again);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(await rowsOf('runs/killed/tune.jsonl')).toEqual(await rowsOf('runs/toy-tune/tune.jsonl'));
    for (let trial = 1; trial <= 4; trial++) {
      const metrics = `trial-00${trial}/metrics.jsonl`;
      expect(await rowsOf('runs/killed', metrics)).toEqual(await rowsOf('runs/toy-tune', metrics));
    }
  });

  it('lets the best of a rung go on as if they had never stopped, several at a time', async () => {
    const halving = 'tune.strategy={ type: halving, minSteps: 10, eta: 3 }';
    const set = ['tune.trials=3', 'tune.parallel=2', halving].flatMap((each) => ['--set', each]);
    const { code, stdout } = await cli.run(['tune', 'toy.yaml', '--run', 'runs/halved', ...set]);
    expect(code).toBe(0);
    expect(stdout).toContain('        3 to step 10, then 1 to the end\n');
    const best = /evaluate (runs\/halved\/trial-00\d)/.exec(stdout)![1]!;
    // Two at a time had a thread each of the two.
    const plain = await cli.run(['train', `${best}/config.yaml`, '--run', 'runs/plain'], {
      environment: { HEDDLE_THREADS: '1' },
    });
    expect(plain.code).toBe(0);
    expect(await rowsOf(best, 'metrics.jsonl')).toEqual(await rowsOf('runs/plain/metrics.jsonl'));
  });

  it('goes on after trials that diverge', async () => {
    const space = 'tune.space={ training.optimizer.learningRate: { choice: [1e38, 0.1] } }';
    const set = ['training.optimizer={ type: sgd, learningRate: 1 }', 'tune.strategy={ type: grid }', 'tune.trials=null', space]; // prettier-ignore
    const { code, stdout, stderr } = await cli.run(['tune', 'toy.yaml', '--run', 'runs/wild', ...set.flatMap((each) => ['--set', each])]); // prettier-ignore
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^trial 1\/2 {2}loss diverged · optimizer\.learningRate 1e\+38/m);
    expect(stdout).toContain('Best: trial 2, loss');
  });

  it('does not mix searches up', async () => {
    const fresh = await cli.run(['tune', 'toy.yaml']);
    expect(fresh.code).toBe(2);
    expect(fresh.stderr).toMatch(/^heddle: runs\/toy-tune: holds a search already\. .*--resume.*--run.*\n$/);
    await writeFile(file('other.yaml'), config.replace('0.3]', '0.4]'));
    const other = await cli.run(['tune', 'other.yaml', '--run', 'runs/toy-tune', '--resume']);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain(
      'begun with tune.space.model.encoder.dropout.uniform [0,0.3], now it is [0,0.4]. Set it back',
    );
    const inRun = await cli.run(['tune', 'toy.yaml', '--run', 'runs/toy-tune/trial-001']);
    expect(inRun.stderr).toContain('is not empty, and holds no search');
  });

  it('does about bad rows what is typed, in every trial and in the best configuration', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `text ${i}\t${i % 2 ? 'odd' : 'even'}`);
    await writeFile(file('rows.tsv'), [...rows.slice(0, 20), 'no label', ...rows.slice(20)].join('\n'));
    await writeFile(
      file('rows.yaml'),
      `task: classification
data: { source: { file: rows.tsv }, split: { validation: 0.2 } }
model: { encoder: { embeddingSize: 4, hiddenSize: 4 } }
training: { steps: 2, batchSize: 8, validation: { everySteps: 2 } }
tune: { strategy: { type: grid }, space: { training.seed: { choice: [1, 2] } } }
`,
    );
    const failed = await cli.run(['tune', 'rows.yaml', '--run', 'runs/bad']);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain('rows.tsv: line 21');
    const { code, stderr } = await cli.run(['tune', 'rows.yaml', '--on-bad-row', 'skip']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    for (const name of ['best.yaml', 'trial-001/config.yaml'])
      expect(await readFile(file('runs/rows-tune', name), 'utf8')).toContain('onBadRow: skip\n');
    const unknown = await cli.run(['tune', 'rows.yaml', '--on-bad-row', 'drop']);
    expect(unknown.stderr).toContain("--on-bad-row is 'drop'");
  });

  it('stops at once when the first trial fails, and says why', async () => {
    const empty = ['--set', 'data.split.validation=0'];
    const { code, stderr } = await cli.run(['tune', 'toy.yaml', '--run', 'runs/none', ...empty]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^heddle: runs\/none\/trial-001: no example is set aside for validation.*\n$/);
    expect(existsSync(file('runs/none/best.yaml'))).toBe(false);
  });
});
