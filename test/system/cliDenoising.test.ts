import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli, type CliResult } from '../support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

const config = `task: denoising
data: { source: { file: rounds.tsv }, split: { validation: 0.1, test: 0.2 } }
model:
  encoder: { embeddingSize: 16, hiddenSize: 32, bidirectional: true }
  decoder: { embeddingSize: 16, hiddenSize: 32 }
training:
  steps: 200
  batchSize: 32
  noiseRate: 0.3
  meanSpan: 2
  optimizer: { type: adam, learningRate: 0.01 }
  checkpointEverySteps: 100
  validation: { everySteps: 100 }
`;
/** abcdeabc… from any letter on, in many lengths. */
const rows = Array.from({ length: 65 }, (_, i) =>
  Array.from({ length: 8 + (i % 13) }, (__, t) => 'abcde'[(t + i) % 5]!).join(''),
);

let training: CliResult;
beforeAll(async () => {
  await writeFile(file('rounds.yaml'), config);
  await writeFile(file('rounds.tsv'), rows.join('\n'));
  training = await cli.run(['train', 'rounds.yaml']);
}, 60_000);

it('trains, and measures', async () => {
  expect(training.stderr).toBe('');
  expect(training.stdout).toMatch(/Data: [\d,]+ character tokens in \d\d texts to train/);
  expect(training.stdout).toMatch(/Model: .* to restore up to 3 spans of a text\n/);
  expect(training.stdout).toMatch(/Test \(\d+ examples, given the tokens before, checkpoint .*\): loss/);
  const measure = async () =>
    JSON.parse((await cli.run(['evaluate', 'runs/rounds', '--json', '--data', 'rounds.tsv'])).stdout) as {
      examples: number;
      metrics: Record<string, number>;
    };
  const { examples, metrics } = await measure();
  expect(examples).toBe(65);
  expect(Object.keys(metrics)).toEqual(['loss', 'perplexity', 'tokenAccuracy']);
  // Where a span at the end of a text ends, nothing tells.
  expect(metrics['tokenAccuracy']).toBeGreaterThan(0.8);
  expect(await measure()).toEqual({
    split: 'rounds.tsv',
    decoding: 'given the tokens before',
    examples,
    metrics,
  });
});

it('keeps samples: the corrupted text, what is missing, and what the model writes', async () => {
  const lines = (await readFile(file('runs/rounds/samples.jsonl'), 'utf8')).trim().split('\n');
  const { source, target, prediction } = JSON.parse(lines.at(-1)!) as Record<string, string>;
  expect(source).toMatch(/^[a-e]*(<extra_id_\d>[a-e]*)+$/);
  expect(target).toMatch(/^(<extra_id_\d>[a-e]+)+$/);
  expect(prediction).toMatch(/^(<extra_id_\d>[a-e]+)+$/);
});

it('fills holes with spans of any length', async () => {
  const { code, stdout } = await cli.run(['predict', 'runs/rounds', 'abc<mask>abcde', 'ab<mask>dea<mask>de']);
  expect(code).toBe(0);
  expect(stdout).toBe('abc<mask>abcde\tabcdeabcde\nab<mask>dea<mask>de\tabcdeabcde\n');
  const cut = ['predict', 'runs/rounds', 'abc<mask>abcde', '--max-length', '1', '--length-penalty', '1'];
  expect((await cli.run(cut)).stdout).toBe('abc<mask>abcde\tabcabcde\n');
  const json = await cli.run(['predict', 'runs/rounds', 'ab<mask>dea<mask>dex', '--beam', '3', '--json']);
  const answer = JSON.parse(json.stdout) as { filled: string; spans: string[]; logProbability: number };
  // What the model does not know stays as it is.
  expect(answer.filled).toMatch(/^ab.+dea.+dex$/);
  expect(answer.spans).toHaveLength(2);
  expect(answer.logProbability).toBeLessThan(0);
});

it('goes on with a run, and lists its layers', async () => {
  const resumed = await cli.run(['train', 'rounds.yaml', '--resume', '--set', 'training.steps=205']);
  expect(resumed.stdout).toContain('Going on from step 200 of 205');
  expect(resumed.code).toBe(0);
  const { stdout } = await cli.run(['inspect', 'runs/rounds']);
  expect(stdout).toContain('text: 12 character tokens, 4 of them special');
});

it('is what a model of pairs can start from, all of it', async () => {
  const pairs = config
    .replace('task: denoising', 'task: sequence-to-sequence')
    .replace(/ {2}noiseRate.*\n {2}meanSpan.*\n/, '  initial: { run: runs/rounds, part: model }\n')
    .replace('rounds.tsv', 'pairs.tsv');
  await writeFile(file('pairs.yaml'), pairs);
  await writeFile(file('pairs.tsv'), rows.map((row) => `${row}\t${row.slice(0, 3)}`).join('\n'));
  const { code, stdout, stderr } = await cli.run(['train', 'pairs.yaml', '--set', 'training.steps=2']);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/starts from all of .*rounds/);
  expect(code).toBe(0);
});

it('says in one line what is wrong', async () => {
  const complaint = async (...args: string[]) => {
    const { code, stderr } = await cli.run(args);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await complaint('predict', 'runs/rounds', 'abc')).toMatch(
    /^heddle: argument 1: the text has no <mask>[^\n]+\n$/,
  );
  const learned = '{ type: transformer, positions: learned, maxLength: 12 }';
  expect(
    await complaint(
      ...['train', 'rounds.yaml', '--run', 'x'],
      ...['--set', `model.encoder=${learned}`, '--set', 'model.decoder={ type: transformer }'],
    ),
  ).toMatch(
    /^heddle: \S+rounds\.tsv: line \d+: the text has \d+ tokens, the model has positions for 12[^\n]+\n$/,
  );
});
