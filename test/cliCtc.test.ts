import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli, type CliResult } from './support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

const config = `task: ctc
data: { source: { file: vowels.tsv }, split: { validation: 0.1, test: 0.2 } }
model: { encoder: { embeddingSize: 16, hiddenSize: 16 } }
training:
  steps: 80
  batchSize: 32
  optimizer: { type: adam, learningRate: 0.02 }
  checkpointEverySteps: 40
  validation: { everySteps: 40, metrics: [loss, per, wer], stopOn: per }
`;
/** Words in, their vowels out: a consonant before each leaves room for the blank between equal ones. */
const rows = Array.from({ length: 300 }, (_, i) => {
  const word = Array.from((i + 81).toString(3), (digit, t) => 'bdg'[t % 3]! + 'aeo'[Number(digit)]!).join('');
  return `${word}\t${word.replaceAll(/[bdg]/g, '').toUpperCase()}`;
});

let training: CliResult;
beforeAll(async () => {
  await writeFile(file('vowels.yaml'), config);
  await writeFile(file('vowels.tsv'), rows.join('\n'));
  training = await cli.run(['train', 'vowels.yaml']);
});

it('trains, and measures best paths and beams', async () => {
  expect(training.stderr).toBe('');
  expect(training.stdout).toMatch(/Test \(\d+ examples, best path, checkpoint of step \d+\): loss/);
  const { stdout } = await cli.run(['evaluate', 'runs/vowels', '--beam', '3', '--json']);
  const measured = JSON.parse(stdout) as { metrics: Record<string, number>; decoding: string };
  expect(measured.decoding).toBe('beam 3');
  expect(Object.keys(measured.metrics)).toEqual(['loss', 'per', 'cer', 'wer', 'exactMatch']);
  expect(measured.metrics['exactMatch']).toBeGreaterThan(0.95);
});

it('answers texts', async () => {
  const { code, stdout } = await cli.run(['predict', 'runs/vowels', 'badega', 'bodaga']);
  expect(code).toBe(0);
  expect(stdout).toBe('badega\tAEA\nbodaga\tOAA\n');
  const best = await cli.run(['predict', 'runs/vowels', 'badega', '--n-best', '2', '--json']);
  const { predictions } = JSON.parse(best.stdout) as { predictions: { text: string; score: number }[] };
  expect(predictions.map(({ text }) => text)[0]).toBe('AEA');
  expect(predictions[0]!.score).toBeGreaterThan(predictions[1]!.score);
});

it('goes on with a run, and lists its layers', async () => {
  const resumed = await cli.run(['train', 'vowels.yaml', '--resume', '--set', 'training.steps=85']);
  expect(resumed.stdout).toContain('Going on from step 80 of 85');
  expect(resumed.code).toBe(0);
  const { stdout } = await cli.run(['inspect', 'runs/vowels']);
  expect(stdout).toMatch(/output\.weight +7 × 32 +224\n/);
});

it('says in one line what is wrong', async () => {
  const complaint = async (...args: string[]) => {
    const { code, stderr } = await cli.run(args);
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/);
    expect(code).toBe(2);
    return stderr;
  };
  await writeFile(file('long.tsv'), `${rows.join('\n')}\nbada\tAAA\n`);
  expect(await complaint('evaluate', 'runs/vowels', '--data', 'long.tsv')).toContain(
    'long.tsv: line 301: the source has 4 tokens, too few for CTC',
  );
  expect(await complaint('predict', 'runs/vowels', 'baz')).toContain('argument 1: unknown symbol "z"');
  expect(await complaint('predict', 'runs/vowels', 'ba', '--prefix', 'A')).toContain(
    '--prefix is for models',
  );
  expect(await complaint('predict', 'runs/vowels', 'ba', '--n-best', '3', '--beam', '2')).toContain(
    '--n-best 3',
  );
});
