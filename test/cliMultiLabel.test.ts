import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { randomBits, randomKey } from '../src/tensor/random.js';
import { useCli } from './support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

const words = ['red', 'green', 'blue', 'lamp', 'chair', 'shelf'];
const training = `training:
  steps: 150
  batchSize: 32
  optimizer: { type: adam, learningRate: 0.02 }
  validation: { everySteps: 75, stopOn: microF1 }
`;

beforeAll(async () => {
  const texts = Array.from({ length: 400 }, (_, i) =>
    [0, 1, 2].map((draw) => words[randomBits(randomKey(3, i), draw) % 6]!),
  );
  const colours = (text: readonly string[]) => words.slice(0, 3).filter((word) => text.includes(word));
  const rows = texts.map((text, i) => `${text.join(' ')} no ${i % 9}\t${colours(text).join(', ')}\n`);
  await writeFile(file('things.tsv'), `thing\tcolours\n${rows.join('')}`);
  await writeFile(
    file('things.yaml'),
    `task: multi-label
data:
  source: { file: things.tsv, header: true, columns: { text: thing, label: colours } }
  split: { validation: 0.1, test: 0.2 }
text: { tokenizer: word }
model:
  encoder: { type: convolutional, embeddingSize: 16, channels: 16, layers: 1, kernel: 1 }
  pooling: max
${training}`,
  );
  const points = Array.from(
    { length: 400 },
    (_, i) => [(i % 20) / 4 - 2.5, Math.floor(i / 20) / 4 - 2.5] as const,
  );
  const sides = points.map(([x, y]) => {
    const labels = [...(x > 0 ? ['right'] : []), ...(y > 0 ? ['up'] : [])];
    return `${x},${y},${labels.join('|')}\n`;
  });
  await writeFile(file('sides.csv'), `x,y,sides\n${sides.join('')}`);
  await writeFile(
    file('sides.yaml'),
    `task: multi-label
data:
  source: { file: sides.csv, header: true, columns: { features: [x, y], label: sides } }
  labelSeparator: "|"
  split: { validation: 0.1, test: 0.2 }
model: { encoder: { type: mlp, hiddenSizes: [16] } }
${training}`,
  );
});

const complaint = async (...args: string[]) => {
  const { code, stderr } = await cli.run(args);
  expect(stderr).toMatch(/^heddle: [^\n]+\n$/);
  expect(code).toBe(2);
  return stderr;
};

it('texts have none, one or several labels', async () => {
  const trained = await cli.run(['train', 'things.yaml']);
  expect(trained.stderr).toBe('');
  expect(trained.stdout).toMatch(/Data: \d+ texts with 1\.\d of 3 labels each to train/);
  const measured = await cli.run(['evaluate', 'runs/things', '--data', 'things.tsv', '--json']);
  const { metrics } = JSON.parse(measured.stdout) as { metrics: Record<string, number> };
  expect(metrics['microF1']).toBeGreaterThan(0.95);
  expect(metrics['macroF1']).toBeGreaterThan(0.95);
  expect(metrics['exactMatch']).toBeGreaterThan(0.9);
  const sure = await cli.run(['evaluate', 'runs/things', '--confidence', '--metrics', 'weightedF1']);
  expect(sure.stdout).toMatch(/F1 \(weighted\) +[\d.]+ % +\[[\d.]+ %, [\d.]+ %\]/);
  const asked = ['predict', 'runs/things', 'blue lamp red no 1', 'lamp shelf chair no 1'];
  const { stdout, code } = await cli.run(asked);
  expect(code).toBe(0);
  const [several, none] = stdout.split('\n').map((line) => line.split('\t'));
  expect(several![0]).toBe('blue lamp red no 1');
  expect(several![1]!.split(',').sort()).toEqual(['blue', 'red']);
  expect(several![2]).toMatch(/^[01]\.\d{4} [01]\.\d{4}$/);
  expect(none).toEqual(['lamp shelf chair no 1', '', '']);
  const json = await cli.run([...asked, '--json']);
  expect(JSON.parse(json.stdout.split('\n')[1]!)).toEqual({ text: 'lamp shelf chair no 1', labels: [] });
  expect(await complaint('predict', 'runs/things', 'red', '--n-best', '2')).toContain(
    '--n-best is for models',
  );
});

it('rows of numbers have labels, said of a table', async () => {
  expect((await cli.run(['train', 'sides.yaml'])).stderr).toBe('');
  await writeFile(file('new.csv'), 'x,y\n2,2\n-2,-2\n-2,2\n');
  const { stdout } = await cli.run(['predict', 'runs/sides', '--input', 'new.csv']);
  const rows = stdout.split('\n').map((line) => line.split('\t'));
  expect(rows[0]).toEqual(['row', 'labels', 'probabilities']);
  expect(rows[1]![1]!.split('|').sort()).toEqual(['right', 'up']);
  expect(rows.slice(2, 4).map((row) => row[1])).toEqual(['', 'up']);
  const shown = await cli.run(['data', 'sides.yaml']);
  expect(shown.stdout).toMatch(/ {2}label right +1\d\d/);
  // Of the first training row, which lies to the left and below.
  expect(shown.stdout).toMatch(/Samples[^]*\n {2}label {2}\n[^]*\n {2}label {2}right\|up\n/);
});

it('refuses a column without labels, and labels that it has not seen', async () => {
  await writeFile(file('none.tsv'), Array.from({ length: 50 }, (_, i) => `thing ${i}\t\n`).join(''));
  const none = ['--set', 'data.source={ file: none.tsv }', '--run', 'runs/x'];
  expect(await complaint('train', 'things.yaml', ...none)).toContain(
    'the training data have no label. Check',
  );
  await writeFile(file('odd.tsv'), 'thing\tcolours\nred lamp\tred, pink\n');
  expect(await complaint('evaluate', 'runs/things', '--data', 'odd.tsv')).toContain(
    'odd.tsv: line 2: the label "pink" does not occur',
  );
});
