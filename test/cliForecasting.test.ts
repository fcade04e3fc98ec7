import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli, type CliResult } from './support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

const config = `task: forecasting
data: { source: { file: waves.csv, header: true, columns: [a, b] } }
model: { window: 16, horizon: 4 }
training:
  steps: 150
  optimizer: { type: adam, learningRate: 0.03 }
  checkpointEverySteps: 50
  validation: { everySteps: 75, metrics: [mse, mae], stopOn: mse }
`;
const wave = (t: number) => [50 + 10 * Math.sin(t / 2), Math.cos(t / 3) - 3];
const rows = Array.from({ length: 300 }, (_, t) => `day ${t},${wave(t).join()}`);

let training: CliResult;
beforeAll(async () => {
  await writeFile(file('waves.yaml'), config);
  await writeFile(file('waves.csv'), `date,a,b\n${rows.join('\n')}\n`);
  training = await cli.run(['train', 'waves.yaml']);
});

it('trains, and says what to type next', () => {
  expect(training.stderr).toBe('');
  expect(training.stdout).toContain('191 windows of 210 rows of 2 variables to train, 27 to validate');
  expect(training.stdout).toMatch(
    /step 75 · epoch \d+\.\d · MSE \d\.\d{3} · MAE .*★ best so far\n +a after row 2\d\d .* mean error [\d.]+, right: [\d. ]+…\n/,
  );
  expect(training.stdout).toMatch(
    /Test \(57 windows, standardised values, checkpoint of step \d+\): MSE 0\.0/,
  );
  expect(training.stdout).toMatch(/npx heddle predict runs\/waves --input \S*waves\.csv\n/);
});

it('measures in standardised values and own units, beside the last row repeated', async () => {
  const { stdout } = await cli.run(['evaluate', 'runs/waves', '--json']);
  const { metrics, comparisons } = JSON.parse(stdout) as {
    metrics: Record<string, number>;
    comparisons: Record<string, Record<string, number>>;
  };
  expect(Object.keys(metrics)).toEqual(['loss', 'mse', 'mae', 'rmse', 'r2', 'mase']);
  expect(metrics['mse']).toBeLessThan(0.05);
  expect(comparisons['the last row repeated']!['mse']).toBeGreaterThan(0.5);
  expect(comparisons['a, in its own unit']!['mae']).toBeGreaterThan(
    2 * comparisons['b, in its own unit']!['mae']!,
  );
  const text = await cli.run(['evaluate', 'runs/waves', '--data', 'waves.csv']);
  expect(text.stdout).toMatch(
    /^waves\.csv: 281 windows, .*\n {2}loss .*\n(.*\n)*the last row repeated: MSE \d/,
  );
});

it('measures in standardised values however they are scaled, and compares such runs', async () => {
  const minMax = ['--set', 'data.scaling=min-max', '--run', 'runs/minmax'];
  const trained = await cli.run(['train', 'waves.yaml', ...minMax]);
  expect(trained.stderr).toBe('');
  const { deviations } = JSON.parse(await readFile(file('runs/minmax/scaling.json'), 'utf8')) as {
    deviations: number[];
  };
  const { stdout } = await cli.run(['evaluate', 'runs/minmax', '--metrics', 'loss,mse,rmse', '--json']);
  const { metrics, comparisons } = JSON.parse(stdout) as {
    metrics: Record<string, number>;
    comparisons: Record<string, Record<string, number>>;
  };
  const squares = ['a', 'b'].map((name, i) => {
    const own = comparisons[`${name}, in its own unit`]!;
    return own['mse']! / deviations[i]! ** 2;
  });
  expect(metrics['mse']! / ((squares[0]! + squares[1]!) / 2)).toBeCloseTo(1, 3);
  // The waves are about three deviations wide.
  expect(metrics['mse']! / metrics['loss']!).toBeGreaterThan(5);
  expect(await readFile(file('runs/minmax/report.html'), 'utf8')).toContain('of values scaled from 0 to 1');

  const both = ['compare', 'runs/minmax', 'runs/waves'];
  const compared = await cli.run([...both, '--metrics', 'mse', '--samples', '50']);
  expect(compared.stderr).toBe('');
  expect(compared.stdout).toMatch(
    /^test: 57 examples; paired bootstrap resampling, 50 drawings, seed 1, blocks of 20 windows in a row, as windows overlap; no more than 2\.9 blocks, so intervals are rough\n/,
  );
  expect(compared.stdout).toMatch(/\n {2}MSE +\d\.\d{3} +\d\.\d{3} +\S+ +\[\S+, \S+\] +[01]\.\d{4}\n$/);
});

it('draws blocks of windows for intervals, and none where there is no choice of them', async () => {
  const confident = ['evaluate', 'runs/waves', '--confidence', '--samples', '40', '--metrics', 'mse'];
  const { stdout } = await cli.run([...confident, '--json']);
  const { resampling, intervals } = JSON.parse(stdout) as {
    resampling: object;
    intervals: Record<string, Record<string, number>>;
  };
  expect(resampling).toEqual({ samples: 40, seed: 1, block: 20 });
  expect(intervals['mse']!['high']).toBeGreaterThan(intervals['mse']!['low']!);
  await writeFile(file('few.csv'), `date,a,b\n${rows.slice(0, 30).join('\n')}\n`);
  const few = await cli.run([...confident, '--data', 'few.csv']);
  expect(few.stdout).toMatch(
    /\n {2}MSE +\d\.\d{3} {2}\[undefined, undefined\]\n95 % intervals by .*; 11 windows are too few: give a part of several times 20\n/,
  );
});

it('goes on after the end of a table', async () => {
  const { code, stdout } = await cli.run(['predict', 'runs/waves', '--input', 'waves.csv']);
  expect(code).toBe(0);
  const [header, ...forecast] = stdout.trimEnd().split('\n');
  expect(header).toBe('a\tb');
  expect(forecast).toHaveLength(4);
  forecast.forEach((line, step) => {
    const [a, b] = line.split('\t').map(Number) as [number, number];
    expect(Math.abs(a - wave(300 + step)[0]!)).toBeLessThan(5);
    expect(Math.abs(b - wave(300 + step)[1]!)).toBeLessThan(0.5);
  });
  const json = await cli.run(['predict', 'runs/waves', '--input', 'waves.csv', '--json']);
  expect(JSON.parse(json.stdout.split('\n')[0]!)).toMatchObject({
    step: 1,
    values: { a: expect.any(Number) as number },
  });
});

it('says when the rows are that it forecasts, where a column has dates at equal steps', async () => {
  const days = Array.from(
    { length: 20 },
    (_, t) => `x,${wave(t).join()},2024-02-${String(t + 8).padStart(2, '0')}`,
  );
  await writeFile(file('days.csv'), `note,a,b,day\n${days.join('\n')}\n`);
  const { stdout, stderr } = await cli.run(['predict', 'runs/waves', '--input', 'days.csv']);
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /^day\ta\tb\n2024-02-28\t[\d.]+\t-?[\d.]+\n2024-02-29\t.*\n2024-03-01\t.*\n2024-03-02\t.*\n$/,
  );
  const json = await cli.run(['predict', 'runs/waves', '--input', 'days.csv', '--json']);
  expect(JSON.parse(json.stdout.split('\n')[2]!)).toMatchObject({ step: 3, time: '2024-03-01' });
});

it('goes on with a run, and lists its layers', async () => {
  const resumed = await cli.run(['train', 'waves.yaml', '--resume', '--set', 'training.steps=160']);
  expect(resumed.stdout).toContain('Going on from step 150 of 160');
  expect(resumed.code).toBe(0);
  const { stdout } = await cli.run(['inspect', 'runs/waves']);
  expect(stdout).toMatch(/output\.weight +4 × 16 +64\n/);
});

it('says in one line what is wrong', async () => {
  const complaint = async (...args: string[]) => {
    const { code, stderr } = await cli.run(args);
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/);
    expect(code).toBe(2);
    return stderr;
  };
  await writeFile(file('odd.csv'), 'date,a,b\nx,1,2\ny,1,two\n');
  await writeFile(file('short.csv'), `date,a,b\n${rows.slice(0, 15).join('\n')}\n`);
  await writeFile(file('other.csv'), 'date,a,c\nx,1,2\n');
  const source = (name: string) => [
    'train',
    'waves.yaml',
    '--run',
    'runs/x',
    '--set',
    `data.source.file=${name}`,
  ];
  expect(await complaint(...source('odd.csv'))).toContain(
    'odd.csv: line 3, column "b": "two" is not a number',
  );
  expect(await complaint(...source('short.csv'))).toContain('train: too short: 10 rows, but a window of 16');
  expect(await complaint('predict', 'runs/waves', '--input', 'short.csv')).toContain('the model reads 16');
  expect(await complaint('predict', 'runs/waves', '--input', 'other.csv')).toContain('no column "b"');
  expect(await complaint('predict', 'runs/waves', 'abc')).toContain('give its table: --input FILE');
  expect(await complaint('predict', 'runs/waves', '--input', 'waves.csv', '--beam', '2')).toContain(
    '--beam is for models that write',
  );
  expect(await complaint('evaluate', 'runs/waves', '--data', 'short.csv')).toContain(
    'short.csv: too short: 15 rows',
  );
});

it('takes no word on bad rows where a run is averaged, and writes nothing', async () => {
  const { code, stderr } = await cli.run(['average', 'runs/waves', '--on-bad-row', 'skip']);
  expect([code, stderr]).toEqual([2, 'heddle: --on-bad-row is not for series: every row of them counts.\n']);
  expect(existsSync(file('runs/waves-average'))).toBe(false);
});
