import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { copyConfig, useCli } from '../support/cli.js';

const cli = useCli();
const file = (...names: string[]) => join(cli.folder, ...names);

beforeAll(async () => {
  await writeFile(file('copy.yaml'), copyConfig.replace('steps: 60', 'steps: 60\n  keepCheckpoints: 3'));
  const { stderr } = await cli.run(['train', 'copy.yaml']);
  expect(stderr).toBe('');
});

it('writes a run that answers with the average, and says what it is worth', async () => {
  const { code, stdout, stderr } = await cli.run(['average', 'runs/copy']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Average of the checkpoints of steps 40, 50 and 60: runs\/copy-average\n/);
  expect(stdout).toMatch(
    /\n\d+ examples, greedy, at most 40 tokens:\nvalidation +loss +PER +WER \(whole answers\)\n.* ★ best by loss\n/,
  );
  for (const row of ['step 40', 'step 50', 'step 60', 'average'])
    expect(stdout).toMatch(new RegExp(`^ *${row} +\\d\\.\\d{3} `, 'm'));
  expect(stdout).toMatch(/\n {2}npx heddle evaluate runs\/copy-average\n$/);

  const json = await cli.run(['average', 'runs/copy', '--last', '2', '--to', 'runs/two', '--json']);
  const { validation, ...said } = JSON.parse(json.stdout) as {
    validation: { checkpoint: number | string; metrics: { loss: number } }[];
  };
  expect(said).toEqual({ run: 'runs/two', steps: [50, 60] });
  expect(validation.map(({ checkpoint }) => checkpoint)).toEqual([50, 60, 'average']);
  const evaluated = await cli.run(['evaluate', 'runs/two', '--split', 'validation', '--json']);
  const { metrics } = JSON.parse(evaluated.stdout) as { metrics: { loss: number } };
  expect(metrics.loss).toBe(validation[2]!.metrics.loss);
  expect((await cli.run(['predict', 'runs/two', 'abc'])).stdout).toMatch(/^abc\t\S*\n$/);
  expect((await cli.run(['compare', 'runs/copy', 'runs/two'])).code).toBe(0);
});

it('averages where there is nothing to measure on, and says so', async () => {
  const set = ['--set', 'data.split.validation=0', '--set', 'training.steps=30'];
  await cli.run(['train', 'copy.yaml', '--run', 'runs/blind', ...set]);
  const { code, stdout, stderr } = await cli.run(['average', 'runs/blind']);
  expect(stderr).toMatch(
    /^heddle: the average is written; measure it with heddle evaluate: the run has no validation examples\.[^\n]+\n$/,
  );
  expect(stdout).toMatch(/^Average of the checkpoints of steps 10, 20 and 30: runs\/blind-average\n\nNext:/);
  expect(code).toBe(0);
});

it('says once what was left out as bad where it measures, and heeds what is typed of it', async () => {
  const rows = Array.from({ length: 90 }, (_, i) => {
    const word = [...(i + 27).toString(3)].map((digit) => 'abc'[Number(digit)]).join('');
    return `${word}\t${word}\n`;
  });
  await writeFile(file('rows.tsv'), `${rows.join('')}lonely\n`);
  const table = copyConfig.replace('{ synthetic: copy, count: 400 }', '{ file: rows.tsv }\n  onBadRow: skip');
  await writeFile(file('rows.yaml'), table.replace('steps: 60', 'steps: 20'));
  await cli.run(['train', 'rows.yaml', '--run', 'runs/rows']);
  const average = (to: string, ...more: string[]) =>
    cli.run(['average', 'runs/rows', '--to', `runs/rows-${to}`, ...more]);
  const skipped = await average('skip');
  expect(skipped.stderr).toMatch(/^heddle: 1 bad row left out [^\n]*line 91[^\n]*\n$/);
  expect(skipped.stdout).toMatch(/★ best by loss\n/);
  const reported = await average('report', '--on-bad-row', 'report', '--json');
  expect(reported.stderr).toMatch(/^heddle: [^\n]*rows\.tsv: line 91: [^\n]*\n$/);
  const failed = await average('fail', '--on-bad-row', 'fail');
  expect(failed.stderr).toMatch(/^heddle: the average is written; [^\n]*rows\.tsv: line 91[^\n]*\n$/);
  const typo = await average('typo', '--on-bad-row', 'skpi');
  expect([typo.code, typo.stderr]).toEqual([
    2,
    "heddle: --on-bad-row is 'skpi'. Did you mean 'skip'? Valid here: fail, skip, report.\n",
  ]);
  expect(existsSync(file('runs/rows-typo'))).toBe(false);
});

it('says in one line what is wrong', async () => {
  const complaint = async (...args: string[]) => {
    const { code, stderr } = await cli.run(['average', ...args]);
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await complaint()).toContain('average: the run directory is missing. For example: heddle average');
  expect(await complaint('runs/none')).toContain('runs/none: not a run directory');
  expect(await complaint('runs/copy', '--last', '9', '--to', 'runs/nine')).toMatch(
    /runs\/copy: has \d checkpoints \(steps .* and 60\), not 9\. Train with a higher training\.keepCheckpoints/,
  );
  expect(existsSync(file('runs/nine'))).toBe(false);
  expect(await complaint('runs/copy', '--to', 'runs/copy')).toContain('runs/copy: holds a run already');
  const resumed = await cli.run(['train', 'copy.yaml', '--resume', '--run', 'runs/copy-average']);
  expect(resumed.code).toBe(2);
  expect(resumed.stderr).toContain('runs/copy-average: holds an average of checkpoints, which no training');
});
