import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli } from './support/cli.js';
import { tone } from './support/tone.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

beforeAll(async () => {
  const rows = Array.from({ length: 50 }, (_, i) => `The ${i}th  row\t${i % 5 ? 'ham' : 'spam'}\t${i / 4}`);
  const odd = ['THE 4TH ROW!\tham\t1', 'The 5th row\tspam\t2', 'The 5th row\tspam\t2', '字\tham\t3'];
  await writeFile(file('rows.tsv'), [...rows, ...odd].join('\n'));
  await writeFile(
    file('mail.yaml'),
    `task: classification
data:
  source: { file: rows.tsv }
  clean: { collapseSpaces: true, dropDuplicates: true, scripts: { text: Latin } }
text: { tokenizer: word }
`,
  );
});

it('shows what becomes of the data', async () => {
  const { code, stdout, stderr } = await cli.run(['data', 'mail.yaml', '--set', 'data.split.test=0.3']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Cleaning: 54 rows read, 51 kept\n  2 dropped: duplicate\n    line 52');
  expect(stdout).toContain('1 dropped: other script\n    line 54  "字"');
  expect(stdout).toMatch(/50 changed\n {4}line 1 {2}"The 0th {2}row"\n +→ {2}"The 0th row"/);
  expect(stdout).toMatch(/\n {2}texts +\d+ +\d+ +\d+\n {2}label ham +\d+ +\d+ +\d+\n {2}label spam/);
  expect(stdout).toMatch(/train, characters +11 +12 +12 +12 +12 +[\d.]+ +[▁▂▃▄▅▆▇█ ]+\n/);
  expect(stdout).toMatch(/\n {2}\d+ word tokens; unknown: .*test \d+\.\d\d %/);
  expect(stdout).toMatch(/text {2}"The 0th row"\n +The·0th·row\n {2}label {2}spam/);
});

it('shows leaks, and how to be rid of them', async () => {
  const leaky = ['--set', 'data.split.test=0.4', '--set', 'data.split.seed=3'];
  const { stdout } = await cli.run(['data', 'mail.yaml', ...leaky]);
  expect(stdout).toContain(
    'Leaks: 1 text stands in an earlier part, too, but for case, punctuation and spaces; data.split.groupBy: normalized keeps such texts together',
  );
  const { stdout: mended } = await cli.run([
    ...['data', 'mail.yaml', ...leaky],
    ...['--set', 'data.split.groupBy=normalized', '--json'],
  ]);
  const { data, cleaning } = JSON.parse(mended) as {
    data: { counts: Record<string, number>; texts: { leaks: unknown[] }[] }[];
    cleaning: unknown;
  };
  expect(data[0]!.texts[0]!.leaks).toEqual([]);
  expect(Object.values(data[0]!.counts).reduce((a, b) => a + b)).toBe(51);
  expect(cleaning).toEqual([{ kept: 51, changed: 50, dropped: { duplicate: 2, 'other script': 1 } }]);
});

it('shows numbers, and refuses what it does not know', async () => {
  await writeFile(
    file('numbers.yaml'),
    'task: regression\ndata: { source: { file: rows.tsv, text: 0, values: [2] } }\n',
  );
  const { stdout } = await cli.run(['data', 'numbers.yaml']);
  expect(stdout).toMatch(/Values +least .* deviation\n {2}column 2, train +0 /);
  const { code, stderr } = await cli.run(['data', 'mail.yaml', '--sample', '3']);
  expect(code).toBe(2);
  expect(stderr).toContain("Did you mean '--samples'?");
});

it('shows how numbers are scaled, and rows before and after', async () => {
  const { stdout } = await cli.run(['data', 'numbers.yaml', '--set', 'data.scaling=min-max']);
  expect(stdout).toMatch(
    /Scaling by the training part +least +range +first row +scaled\n {2}column 2 +0 +12\.\d/,
  );
  expect(stdout).toMatch(/\n {2}text {2}"The 0th {2}row"\n .*\n {2}values {2}column 2 0 → 0\n/);
  await writeFile(
    file('plain.yaml'),
    'task: regression\ndata: { source: { file: rows.tsv, features: [2], values: [2] } }\nmodel: { encoder: { type: mlp } }\n',
  );
  const plain = await cli.run(['data', 'plain.yaml']);
  expect(plain.stdout).toMatch(
    /Scaling by the training part +mean +deviation +first row +scaled\n {2}column 2 /,
  );
  expect(plain.stdout).toContain('\nLeaks: no feature row stands in two parts\n');
  expect(plain.stdout).toMatch(
    /what a model sees of them\n {2}features {2}column 2 0\.25 → -1\.6493\n {2}values {2}/,
  );
});

it('shows what training leaves out, and why it would not begin', async () => {
  await writeFile(
    file('pairs.yaml'),
    `data:
  source: { file: rows.tsv }
  split: { validation: 0.2, test: 0.2 }
  limits: { maxSourceLength: 12, onTooLong: skip }
`,
  );
  const { stdout } = await cli.run(['data', 'pairs.yaml']);
  expect(stdout).toMatch(/\n {2}sources +\d+ +\d+ +\d+\n {2}pairs +\d+ +\d+ +\d+\n/);
  expect(stdout).toMatch(
    /\nLeft out after splitting\n {2}\d+ pairs of train: too long \(data\.limits\)\n {4}line \d+ {2}"The \d\dth {2}row" {2}"(ham|spam)"\n/,
  );
  expect(stdout).not.toContain('Training would not begin');
  const refused = await cli.run(['data', 'pairs.yaml', '--set', 'data.limits.onTooLong=error']);
  expect(refused.code).toBe(0);
  expect(refused.stdout).toMatch(
    /\nTraining would not begin: \S*rows\.tsv: line \d+: the source has 13 tokens, more than maxSourceLength 12.*\n$/,
  );
  const json = await cli.run(['data', 'pairs.yaml', '--set', 'data.limits.onTooLong=error', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    refusal: expect.stringContaining('maxSourceLength') as string,
  });
});

it('shows what augmentation makes of texts and of series', async () => {
  const rotate = ['--set', 'training.augment=[{ type: rotate-tokens }, { type: token-dropout, rate: 0.3 }]'];
  const { stdout } = await cli.run(['data', 'mail.yaml', ...rotate]);
  expect(stdout).toMatch(
    /\nAugmentation in the first epoch, before and after\n {2}rotate-tokens: 3 of 3 tokens of training example \d+\n {4}The·\d+th·row\n {4}(\d+th·row·The|row·The·\d+th)\n {2}token-dropout \(rate 0\.3\): \d of 3 tokens of .*\n {4}\S+\n {4}\S*<unknown>\S*\n/,
  );
  const { stdout: json } = await cli.run(['data', 'mail.yaml', ...rotate, '--json']);
  expect((JSON.parse(json) as { augmentations: unknown[] }).augmentations[1]).toMatchObject({
    type: 'token-dropout',
    rate: 0.3,
    after: expect.arrayContaining(['<unknown>']) as string[],
  });
  await writeFile(
    file('series.csv'),
    `a,b\n${Array.from({ length: 90 }, (_, t) => `${t},${t % 7}`).join('\n')}\n`,
  );
  await writeFile(
    file('series.yaml'),
    `task: forecasting
data: { source: { file: series.csv, header: true }, scaling: min-max }
model: { window: 8, horizon: 2 }
training: { augment: [{ type: shift-series, steps: 3, cyclic: false }] }
`,
  );
  const series = await cli.run(['data', 'series.yaml']);
  expect(series.stdout).toMatch(/\n {2}rows +63 +9 +18\n {2}windows +54 +8 +17\n/);
  expect(series.stdout).toMatch(
    /\nLeaks: no window stands in two parts\n\nSamples .*\n {2}line 2 {2}a 0 → 0, b 0 → 0\n/,
  );
  expect(series.stdout).toMatch(
    /\n {2}shift-series \(steps 3, cyclic false\): \d+ of 16 values of training example \d+\n {4}first variable( \d\.\d\d){8}\n {4}first variable( \d\.\d\d){8}\n$/,
  );
});

it('shows recordings with their length, those that stand in two parts, and pictures of both', async () => {
  for (const part of ['train', 'test'])
    for (const [label, base] of Object.entries({ low: 200, high: 1800 })) {
      await mkdir(join(file(part), label), { recursive: true });
      for (let i = 0; i < 4; i++)
        await writeFile(
          join(file(part), label, `${i}.wav`),
          tone(base + 20 * i + (part === 'test' ? 60 : 0), 8000),
        );
    }
  await writeFile(
    file('tones.yaml'),
    `task: classification
data:
  source: { recordings: train, rate: 8000, seconds: 0.4, bands: 12 }
  test: { recordings: test, rate: 8000, seconds: 0.4, bands: 12 }
  split: { validation: 0 }
model: { encoder: { type: image, blocks: [{ channels: 2 }] } }
training: { augment: [{ type: shift-images, pixels: 4 }] }
`,
  );
  const { stdout, stderr } = await cli.run(['data', 'tones.yaml', '--samples', '2']);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/\n {2}recordings +8 +0 +8\n {2}label high +4 +0 +4\n {2}label low +4 +0 +4\n/);
  expect(stdout).toContain(
    '\nRecordings as log-mel spectrograms of 12 bands × 41 frames, each less its mean',
  );
  expect(stdout).toMatch(
    /\nLeaks: 2 recordings stand in an earlier part, too\n {2}train · test {2}"high\/3\.wav" {2}"high\/0\.wav"\n {2}train · test {2}"low\/3\.wav" {2}"low\/0\.wav"\n/,
  );
  expect(stdout).toMatch(
    /\nSamples of the training part\n {2}recording {2}high\/0\.wav, 0\.50 s\n {2}label {2}high\n\n {2}recording {2}low\/0\.wav, 0\.50 s\n/,
  );
  const picture = stdout.split(
    /shift-images \(pixels 4\): [\d,]+ of 492 pixels of training example \d\n/,
  )[1]!;
  expect(picture.trimEnd().split('\n')).toHaveLength(6);
  expect(picture).toMatch(/^[ ░▒▓█\n]+$/);
});
