import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useCli } from './support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

const training = `training:
  steps: 150
  batchSize: 32
  optimizer: { type: adam, learningRate: 0.01 }
  checkpointEverySteps: 75
  validation: { everySteps: 75, metrics: [mae, rmse], stopOn: mae }
`;
const boxes = `task: regression
data:
  source: { file: boxes.csv, features: [width, height], values: [area, edge], header: true }
  split: { validation: 0.1, test: 0.2 }
model: { encoder: { type: mlp, hiddenSizes: [32], activation: tanh } }
${training}`;
const letters = `task: regression
data: { source: { file: letters.tsv, text: 0, values: [1] }, split: { validation: 0.1, test: 0.2 } }
model: { encoder: { type: transformer, size: 16, heads: 2, layers: 1 } }
${training}`;

beforeAll(async () => {
  await writeFile(file('boxes.yaml'), boxes);
  await writeFile(file('letters.yaml'), letters);
  const sizes = Array.from(
    { length: 400 },
    (_, i) => [1 + (i % 20) / 4, 1 + Math.floor(i / 20) / 4] as const,
  );
  const areas = sizes.map(([w, h], i) => `${i},${w},${h},${(w * h).toFixed(3)},${(2 * (w + h)).toFixed(3)}`);
  await writeFile(file('boxes.csv'), `id,width,height,area,edge\n${areas.join('\n')}\n`);
  const words = Array.from({ length: 300 }, (_, i) => (i + 300).toString(3));
  const shares = words.map((word) => `${word}\t${500 + (100 * word.split('1').length) / word.length}`);
  await writeFile(file('letters.tsv'), shares.join('\n'));
});

const complaint = async (...args: string[]) => {
  const { code, stderr } = await cli.run(args);
  expect(stderr).toMatch(/^heddle: [^\n]+\n$/);
  expect(code).toBe(2);
  return stderr;
};

describe('columns of numbers', () => {
  it('are learnt, measured in their units, and said of new rows', async () => {
    const trained = await cli.run(['train', 'boxes.yaml']);
    expect(trained.stderr).toBe('');
    expect(trained.stdout).toMatch(/Data: 2\d\d rows to train, .*\nModel: .* 2 features, 2 values\n/);
    expect(trained.stdout).toContain('npx heddle predict runs/boxes --input ');
    const measured = await cli.run(['evaluate', 'runs/boxes', '--json']);
    const { metrics, comparisons } = JSON.parse(measured.stdout) as {
      metrics: Record<string, number>;
      comparisons: Record<string, Record<string, number>>;
    };
    expect(metrics['mae']).toBeLessThan(0.7);
    expect(comparisons['the mean of the training data']!['mae']).toBeGreaterThan(2);
    await writeFile(file('new.csv'), 'height,width\n3,2\n5,4\n');
    const { code, stdout } = await cli.run(['predict', 'runs/boxes', '--input', 'new.csv']);
    expect(code).toBe(0);
    const [header, first, second] = stdout.split('\n');
    expect(header).toBe('area\tedge');
    expect(Math.abs(Number(first!.split('\t')[0]) - 6)).toBeLessThan(1.5);
    expect(Math.abs(Number(second!.split('\t')[1]) - 18)).toBeLessThan(1.5);
    const json = await cli.run(['predict', 'runs/boxes', '--input', 'new.csv', '--json']);
    expect(JSON.parse(json.stdout.split('\n')[1]!)).toMatchObject({
      row: 2,
      values: { area: expect.any(Number) as number },
    });
  });

  it('can be read by radial basis functions; a run goes on', async () => {
    const args = [
      'train',
      'boxes.yaml',
      '--run',
      'runs/rbf',
      '--set',
      'model.encoder={ type: rbf, units: 12 }',
    ];
    const trained = await cli.run([...args, '--set', 'training.steps=75']);
    expect(trained.stderr).toBe('');
    const resumed = await cli.run([...args, '--resume', '--set', 'training.steps=80']);
    expect(resumed.stdout).toContain('Going on from step 75 of 80');
    const { stdout } = await cli.run(['inspect', 'runs/rbf']);
    expect(stdout).toMatch(/encoder\.module\.centres +12 × 2 +24\n/);
  });

  it('are refused in one line when they are none', async () => {
    await writeFile(file('odd.csv'), 'height,width,area,edge\n3,2,6,10\n3,x,6,10\n');
    const set = ['--run', 'runs/x', '--set', 'data.source.file=odd.csv'];
    expect(await complaint('train', 'boxes.yaml', ...set)).toContain(
      'odd.csv: line 3, column "width": "x" is not a number',
    );
    expect(await complaint('predict', 'runs/boxes', 'abc')).toContain('give their table: --input FILE');
    expect(await complaint('predict', 'runs/boxes', '--input', 'letters.tsv')).toContain('no column "width"');
  });
});

describe('texts', () => {
  it('are learnt, and said of new ones', async () => {
    const trained = await cli.run(['train', 'letters.yaml']);
    expect(trained.stderr).toBe('');
    expect(trained.stdout).toMatch(/Data: 2\d\d texts to train.*\nModel: .* 7 tokens, 1 value\n/);
    const { code, stdout } = await cli.run(['predict', 'runs/letters', '11111', '20202']);
    expect(code).toBe(0);
    const [many, none] = stdout.split('\n').map((line) => Number(line.split('\t')[1]));
    expect(many! - none!).toBeGreaterThan(30);
    expect(stdout).toMatch(/^11111\t\d+(\.\d+)?\n20202\t/);
    const measured = await cli.run(['evaluate', 'runs/letters', '--data', 'letters.tsv']);
    expect(measured.stdout).toMatch(/^letters\.tsv: 300 examples, in the units of the data/);
    expect(await complaint('predict', 'runs/letters', 'x', '--n-best', '2')).toContain(
      '--n-best is for models',
    );
  });

  it('need numbers beside them', async () => {
    await writeFile(file('odd.tsv'), 'abc\t1\nabd\tmany\n');
    const set = ['--run', 'runs/y', '--set', 'data.source.file=odd.tsv'];
    expect(await complaint('train', 'letters.yaml', ...set)).toContain(
      'odd.tsv: line 2, column 1: "many" is not a number',
    );
  });
});
