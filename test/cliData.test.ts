import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli } from './support/cli.js';

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
