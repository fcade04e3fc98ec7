import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useCli } from './support/cli.js';

describe('heddle init', () => {
  const cli = useCli();
  const write = (name: string, content: string) => writeFile(join(cli.folder, name), content);
  const words = ['red', 'green', 'blue', 'fast', 'slow'];
  const text = (i: number) =>
    Array.from({ length: 3 + (i % 3) }, (_, k) => words[(i * (k + 2) + k) % 5]!).join(' ');
  const rows = Array.from({ length: 120 }, (_, i) => `"${text(i)}, ${i}","${i % 5 === 0 ? 'spam' : 'ham'}"`);

  it('writes a configuration that trains, and says what comes next', async () => {
    await mkdir(join(cli.folder, 'data'), { recursive: true });
    await write('data/mails.dat', ['what,kind', ...rows, ''].join('\n'));
    const made = await cli.run(['init', 'data/mails.dat', '-o', 'mails.yaml']);
    expect(made.stderr).toBe('');
    expect(made.stdout).toMatch(/120 rows of 2 columns, the first row names them/);
    expect(made.stdout).toMatch(/"kind" +2 different values: ham 80 %, spam 20 %/);
    expect(made.stdout).toMatch(/Task: classification\n.*Column "kind" has 2 different values/);
    expect(made.stdout).toMatch(/Trains for less than a minute on two cores/);
    expect(made.stdout).toMatch(/npx heddle train mails\.yaml\n.*npx heddle predict runs\/mails '/);
    const config = await readFile(join(cli.folder, 'mails.yaml'), 'utf8');
    expect(config).toContain('file: data/mails.dat #');
    const training = await cli.run([
      'train',
      'mails.yaml',
      ...['--set', 'training.steps=8', '--set', 'training.schedule.warmupSteps=1'],
    ]);
    expect(training.stderr).toBe('');
    expect(training.stdout).toMatch(/all steps done[^]*Test \(\d+ examples/);
  });

  it('says the class of rows of numbers', async () => {
    const flower = (i: number) => {
      const kind = ['lily', 'rose', 'iris'][i % 3]!;
      return `${(i % 3) + (i % 10) / 10},${5 - (i % 3) + (i % 7) / 7},${kind}\n`;
    };
    await write(
      'flowers.csv',
      `length,width,species\n${Array.from({ length: 150 }, (_, i) => flower(i)).join('')}`,
    );
    const made = await cli.run(['init', 'flowers.csv', '-o', 'flowers.yaml']);
    expect(made.stderr).toBe('');
    expect(made.stdout).toMatch(
      /Task: classification\n.*"species" has 3 different values, and "length", "width" numbers/,
    );
    expect(made.stdout).toMatch(/Expect: nothing like these data was measured/);
    expect(made.stdout).toContain('npx heddle predict runs/flowers --input flowers.csv\n');
    const training = await cli.run(['train', 'flowers.yaml', '--set', 'training.epochs=40']);
    expect(training.stderr).toBe('');
    const said = await cli.run(['predict', 'runs/flowers', '--input', 'flowers.csv']);
    const answers = said.stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t')[1]!);
    const right = answers.filter((answer, i) => answer === ['lily', 'rose', 'iris'][i % 3]).length;
    expect(right).toBeGreaterThan(120);
  });

  it('replaces nothing unless it is told to', async () => {
    await write('heddle.yaml', 'name: mine\n');
    await write('list.tsv', Array.from({ length: 80 }, (_, i) => `${text(i)} ${i}\n`).join(''));
    const refused = await cli.run(['init', 'list.tsv']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /heddle\.yaml is there already\. Choose another name with -o FILE, or .*--force/,
    );
    expect(await readFile(join(cli.folder, 'heddle.yaml'), 'utf8')).toBe('name: mine\n');
    const made = await cli.run(['init', 'list.tsv', '--force']);
    expect(made.stdout).toMatch(/Task: language-model/);
  });

  it.each([
    [['init'], /init: the file or folder of data is missing/],
    [['init', 'none.tsv'], /none\.tsv: no such file/],
    [
      ['init', 'none.tsv', '--task', 'classificaton'],
      /--task is 'classificaton'\. Did you mean classification\?/,
    ],
    [['init', 'none.tsv', '--header', 'maybe'], /--header is 'maybe'; it must be yes or no/],
    [['init', 'none.tsv', '--minutes', '0'], /--minutes is '0'; it must be above 0/],
  ])('%j says what is wrong', async (args, message) => {
    const { code, stderr } = await cli.run([...args, '-o', 'new.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
