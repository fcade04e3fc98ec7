import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomUniform } from '../src/tensor/random.js';
import { useCli } from './support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

/** Points around the origin: those of a ring, those within it, and those beyond. */
const point = (i: number) => {
  const kind = ['core', 'ring', 'rim'][i % 3]!;
  const radius = [0.2, 1, 2][i % 3]! + 0.3 * randomUniform(1, i);
  const angle = 2 * Math.PI * randomUniform(2, i);
  // In units that differ, as those of tables do.
  return { kind, x: 100 * radius * Math.cos(angle) + 500, y: radius * Math.sin(angle) };
};

beforeAll(async () => {
  await writeFile(
    file('rings.yaml'),
    `task: classification
data:
  source: { file: rings.csv, header: true, columns: { features: [x, y], label: kind } }
  split: { validation: 0.1, test: 0.2, stratify: true }
model: { encoder: { type: mlp, hiddenSizes: [16, 16], activation: tanh } }
training:
  steps: 150
  batchSize: 32
  optimizer: { type: adam, learningRate: 0.02 }
  checkpointEverySteps: 75
  validation: { everySteps: 75, metrics: [loss, accuracy], stopOn: accuracy }
`,
  );
  const rows = Array.from({ length: 300 }, (_, i) => ({ i, ...point(i) }));
  const line = ({ i, kind, x, y }: (typeof rows)[number]) => `${i},${kind},${x.toFixed(2)},${y.toFixed(4)}\n`;
  await writeFile(file('rings.csv'), `id,kind,x,y\n${rows.map(line).join('')}`);
});

const complaint = async (...args: string[]) => {
  const { code, stderr } = await cli.run(args);
  expect(stderr).toMatch(/^heddle: [^\n]+\n$/);
  expect(code).toBe(2);
  return stderr;
};

describe('a class of rows of numbers', () => {
  it('is learnt, measured, and said of new rows', async () => {
    const trained = await cli.run(['train', 'rings.yaml']);
    expect(trained.stderr).toBe('');
    expect(trained.stdout).toMatch(/Data: 210 rows of 3 classes to train, 30 to validate, 60 to test/);
    expect(trained.stdout).toMatch(/Model: .* 2 features\n/);
    expect(trained.stdout).toMatch(/npx heddle predict runs\/rings --input \S*rings\.csv\n/);
    const measured = await cli.run(['evaluate', 'runs/rings', '--json']);
    const { metrics } = JSON.parse(measured.stdout) as { metrics: Record<string, number> };
    expect(metrics['accuracy']).toBeGreaterThan(0.9);
    const other = await cli.run(['evaluate', 'runs/rings', '--data', 'rings.csv']);
    expect(other.stdout).toMatch(/^rings\.csv: 300 examples, the likeliest class/);
    // In another order, and with nothing to say of them yet.
    await writeFile(file('new.csv'), 'y,x\n0.1,510\n2.1,500\n');
    const { code, stdout } = await cli.run(['predict', 'runs/rings', '--input', 'new.csv']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^row\tclass\tprobability\n1\tcore\t[01]\.\d{4}\n2\trim\t[01]\.\d{4}\n$/);
    const ranked = await cli.run(['predict', 'runs/rings', '--input', 'new.csv', '--n-best', '2']);
    expect(ranked.stdout.split('\n').map((line) => line.split('\t')[0])).toEqual([
      'row',
      '1',
      '1',
      '2',
      '2',
      '',
    ]);
    const json = await cli.run(['predict', 'runs/rings', '--input', 'new.csv', '--n-best', '3', '--json']);
    const [first, second] = json.stdout.split('\n').map((line) => JSON.parse(line || 'null') as unknown);
    expect(first).toMatchObject({ row: 1, classes: [{ label: 'core' }, {}, {}] });
    expect(second).toMatchObject({ row: 2, classes: [{ label: 'rim' }, {}, {}] });
  });

  it('can be read by radial basis functions; a run goes on', async () => {
    const encoder = 'model.encoder={ type: rbf, units: 12 }';
    const args = ['train', 'rings.yaml', '--run', 'runs/rbf', '--set', encoder];
    const trained = await cli.run([...args, '--set', 'training.steps=75']);
    expect(trained.stderr).toBe('');
    const resumed = await cli.run([...args, '--resume', '--set', 'training.steps=80']);
    expect(resumed.stdout).toContain('Going on from step 75 of 80');
    const { stdout } = await cli.run(['inspect', 'runs/rbf']);
    expect(stdout).toMatch(/encoder\.module\.centres +12 × 2 +24\n/);
    expect(stdout).toMatch(/output\.weight +3 × 12 +36\n/);
  });

  it('is shown with its numbers before anything is trained', async () => {
    const { stdout, code } = await cli.run(['data', 'rings.yaml']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ {2}examples +210 +30 +60\n {2}label core +70 +10 +20\n/);
    expect(stdout).toMatch(/Values .*\n {2}x, train +2\d\d/);
  });

  it('is cross-validated, each fold with its share of the classes', async () => {
    const few = ['--set', 'training.steps=40', '--folds', '3', '--run', 'runs/folds'];
    const { code, stdout, stderr } = await cli.run(['cross-validate', 'rings.yaml', ...few]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/\n {2}core .* 100\n {2}rim .* 100\n {2}ring .* 100\n$/);
    const summary = JSON.parse(await readFile(file('runs/folds/folds.json'), 'utf8')) as {
      metrics: Record<string, { folds: number[] }>;
    };
    expect(summary.metrics['accuracy']!.folds).toHaveLength(3);
  });

  it('is refused in one line where rows are none', async () => {
    await writeFile(file('odd.csv'), 'kind,x,y\ncore,500,0.1\n,1,2\nrim,wide,2\n');
    const set = ['--run', 'runs/x', '--set', 'data.source.file=odd.csv'];
    expect(await complaint('train', 'rings.yaml', ...set)).toContain(
      'odd.csv: line 4, column "x": "wide" is not a number',
    );
    await writeFile(file('odd.csv'), 'kind,x,y\ncore,500,0.1\n,1,2\n');
    expect(await complaint('train', 'rings.yaml', ...set)).toContain('odd.csv: line 3: the label is empty');
    await writeFile(file('odd.csv'), 'kind,x,y\nmoon,500,0.1\n');
    expect(await complaint('evaluate', 'runs/rings', '--data', 'odd.csv')).toContain('moon');
    expect(await complaint('predict', 'runs/rings', '510 0.1')).toContain('give their table: --input FILE');
    expect(await complaint('predict', 'runs/rings', '--input', 'rings.yaml')).toContain('no column "x"');
    expect(await complaint('predict', 'runs/rings', '--input', 'new.csv', '--beam', '2')).toContain(
      '--beam is for models that write',
    );
  });
});
