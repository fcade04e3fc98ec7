import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli } from './support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

beforeAll(async () => {
  const words = ['red', 'green', 'blue', 'ten', 'two', 'six'];
  const rows = words.flatMap((a, i) => words.map((b, j) => `${a} ${b}${j}\t${i < 3 ? 'colour' : 'number'}`));
  await writeFile(file('words.tsv'), rows.join('\n'));
  await writeFile(
    file('words.yaml'),
    `task: classification
data: { source: { file: words.tsv }, split: { validation: 0.1, stratify: true } }
text: { tokenizer: word }
model: { encoder: { embeddingSize: 8, hiddenSize: 8 } }
training: { steps: 30, batchSize: 16, optimizer: { type: adam, learningRate: 0.03 }, validation: { everySteps: 30 } }
`,
  );
});

it('trains a model per fold, and measures each example once', async () => {
  const { code, stdout, stderr } = await cli.run(['cross-validate', 'words.yaml', '--folds', '3']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.match(/Fold \d of 3: runs\/words-folds\/fold-\d\n/g)).toHaveLength(3);
  expect(stdout).toContain('Mean and standard deviation over 3 folds\n');
  expect(stdout).toMatch(/\n {2}accuracy +[\d.]+ % +± [\d.]+ % +\([\d.]+ % {2}[\d.]+ % {2}[\d.]+ %\)\n/);
  expect(stdout).toMatch(
    /Each class, in %\n .*precision +recall +F1 +examples\n {2}colour .* 18\n {2}number .* 18\n$/,
  );
  const summary = JSON.parse(await readFile(file('runs/words-folds/folds.json'), 'utf8')) as {
    metrics: Record<string, { folds: number[]; mean: number }>;
  };
  const { folds, mean } = summary.metrics['accuracy']!;
  expect(folds).toHaveLength(3);
  expect(mean).toBeGreaterThan(0.9);
  // Once more: nothing is left to train, and the figures are the same.
  const again = await cli.run(['cross-validate', 'words.yaml', '--set', 'data.split.folds=3']);
  expect(again.stdout.match(/Nothing left to train/g)).toHaveLength(3);
  expect(again.stdout.slice(again.stdout.indexOf('Mean and'))).toBe(stdout.slice(stdout.indexOf('Mean and')));
});

it('says which fold is empty before it trains it, and has folds without some figure', async () => {
  await writeFile(file('few.tsv'), 'red\ta\nblue\tb\ngreen\ta\nten\tb\n');
  const few = [
    'cross-validate',
    'words.yaml',
    '--set',
    'data.source.file=few.tsv',
    '--set',
    'training.steps=2',
  ];
  const { code, stderr } = await cli.run([...few, '--folds', '4', '--run', 'runs/few']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/fold \d of 4 has no examples.* Take fewer folds/);
  // One class in each part: no area under a curve, but a summary.
  await writeFile(
    file('apart.tsv'),
    Array.from({ length: 40 }, (_, i) => `w${i}\t${i < 2 ? 'rare' : 'usual'}\n`).join(''),
  );
  const apart = [
    '--set',
    'data.source.file=apart.tsv',
    '--set',
    'training.steps=2',
    '--folds',
    '3',
    '--run',
    'runs/apart',
  ];
  const rare = await cli.run(['cross-validate', 'words.yaml', ...apart]);
  expect([rare.code, rare.stderr]).toEqual([0, '']);
  const { metrics } = JSON.parse(await readFile(file('runs/apart/folds.json'), 'utf8')) as {
    metrics: Record<string, { folds: (number | null)[] }>;
  };
  expect(metrics['rocAuc']!.folds).toContain(null);
});

it('says which label a fold cannot learn before it trains any', async () => {
  const once = Array.from({ length: 30 }, (_, i) => `w${i}\t${i === 7 ? 'odd' : i % 2 ? 'b' : 'a'}\n`);
  await writeFile(file('once.tsv'), once.join(''));
  const args = ['--folds', '3', '--set', 'data.source.file=once.tsv', '--run', 'runs/once'];
  const { code, stdout, stderr } = await cli.run(['cross-validate', 'words.yaml', ...args]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    /^heddle: cross-validate: the label "odd" has 1 example in all, and fold \d of 3 sets it aside.* give 3 examples [^\n]+\n$/,
  );
});

it('names the file and its keys where folds go against them', async () => {
  await writeFile(
    file('apart.yaml'),
    (await readFile(file('words.yaml'), 'utf8')).replace('split:', 'test: { file: words.tsv }, split:'),
  );
  const { code, stderr } = await cli.run(['cross-validate', 'apart.yaml', '--folds', '3']);
  expect([code, stderr]).toEqual([
    2,
    'heddle: cross-validate: apart.yaml: data.split.folds makes each fold the test part in turn; leave data.test out.\n',
  ]);
  const one = await cli.run(['cross-validate', 'words.yaml', '--folds', '1']);
  expect(one.stderr).toBe('heddle: cross-validate: folds is 1; it must be a whole number from 2.\n');
});

it('refuses tasks whose data have no folds', async () => {
  await writeFile(file('text.yaml'), 'task: language-model\ndata: { source: { file: words.tsv } }\n');
  const { code, stderr } = await cli.run(['cross-validate', 'text.yaml']);
  expect(code).toBe(2);
  expect(stderr).toContain('the data of the task language-model have no folds');
});
