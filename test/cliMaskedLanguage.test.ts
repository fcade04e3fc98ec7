import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli, type CliResult } from './support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

const config = `task: masked-language-model
data: { source: { file: rounds.tsv }, split: { validation: 0.1, test: 0.2 } }
model: { encoder: { type: convolutional, embeddingSize: 16, channels: 32, layers: 2 } }
training:
  steps: 100
  batchSize: 32
  optimizer: { type: adam, learningRate: 0.01 }
  checkpointEverySteps: 50
  validation: { everySteps: 50, metrics: [loss, tokenAccuracy] }
`;
/** abcdeabc… from any letter on, in many lengths and tails of digits. */
const rows = Array.from({ length: 200 }, (_, i) => {
  const letters = Array.from({ length: 8 + (i % 7) }, (__, t) => 'abcde'[(t + i) % 5]!).join('');
  return `${letters}${i}`;
});

let training: CliResult;
beforeAll(async () => {
  await writeFile(file('rounds.yaml'), config);
  await writeFile(file('rounds.tsv'), rows.join('\n'));
  training = await cli.run(['train', 'rounds.yaml']);
});

it('trains, and measures', async () => {
  expect(training.stderr).toBe('');
  expect(training.stdout).toMatch(/Data: [\d,]+ character tokens in 1\d\d texts to train/);
  expect(training.stdout).toMatch(/Test \(\d+ examples, given the tokens around, checkpoint .*\): loss/);
  const measure = async (...args: string[]) =>
    JSON.parse((await cli.run(['evaluate', 'runs/rounds', '--json', ...args])).stdout) as {
      examples: number;
      metrics: Record<string, number>;
    };
  const { examples, metrics } = await measure('--data', 'rounds.tsv');
  expect(examples).toBe(200);
  expect(Object.keys(metrics)).toEqual(['loss', 'perplexity', 'tokenAccuracy']);
  expect(metrics['tokenAccuracy']).toBeGreaterThan(0.5);
  expect(await measure('--data', 'rounds.tsv')).toEqual(await measure('--data', 'rounds.tsv'));
});

it('fills masks in', async () => {
  const { code, stdout } = await cli.run(['predict', 'runs/rounds', 'abc<mask>eabcd']);
  expect(code).toBe(0);
  expect(stdout).toBe('abc<mask>eabcd\tabcdeabcd\n');
  const best = await cli.run(['predict', 'runs/rounds', 'ab<mask>dea<mask>cde', '--n-best', '2']);
  expect(best.stdout).toMatch(/^(\S+\t1\t.\t0\.\d+\n){2}(\S+\t2\t.\t0\.\d+\n){2}$/);
  const json = await cli.run(['predict', 'runs/rounds', 'abc<mask>eabcd', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ filled: 'abcdeabcd', masks: [[{ token: 'd' }]] });
});

it('goes on with a run, and lists its layers', async () => {
  const resumed = await cli.run(['train', 'rounds.yaml', '--resume', '--set', 'training.steps=105']);
  expect(resumed.stdout).toContain('Going on from step 100 of 105');
  expect(resumed.code).toBe(0);
  const { stdout } = await cli.run(['inspect', 'runs/rounds']);
  expect(stdout).toMatch(/output\.weight +20 × 32 +640\n/);
});

it('says in one line what is wrong', async () => {
  const { code, stderr } = await cli.run(['predict', 'runs/rounds', 'abc']);
  expect(stderr).toMatch(/^heddle: argument 1: the text has no <mask>[^\n]+\n$/);
  expect(code).toBe(2);
});
