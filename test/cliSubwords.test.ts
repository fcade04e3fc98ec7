import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli, type CliResult } from './support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

const config = `task: sequence-to-sequence
data: { source: { file: animals.tsv }, split: { validation: 0.1, test: 0.2 } }
source: { tokenizer: unigram, vocabularySize: 50 }
target: { tokenizer: byte-bpe, vocabularySize: 290 }
model: { encoder: { embeddingSize: 16, hiddenSize: 32 }, decoder: { embeddingSize: 16, hiddenSize: 32 } }
training: { steps: 150, batchSize: 32, optimizer: { type: adam, learningRate: 0.02 } }
`;
const animals = [
  ['cat', '猫'],
  ['dog', '狗🐕'],
  ['horse', '马'],
  ['owl', '猫头鹰'],
] as const;
/** Some animals and another one in English, the same in Chinese. */
const rows = Array.from({ length: 320 }, (_, i) => {
  const [one, other] = [animals[i % 4]!, animals[Math.floor(i / 4) % 4]!];
  return `${Math.floor(i / 16)} ${one[0]}s and the ${other[0]}\t${one[1]}们和${other[1]}`;
});

let training: CliResult;
beforeAll(async () => {
  await writeFile(file('animals.yaml'), config);
  await writeFile(file('animals.tsv'), rows.join('\n'));
  training = await cli.run(['train', 'animals.yaml']);
});

it('trains on pieces of words, and measures texts', async () => {
  expect(training.stderr).toBe('');
  expect(training.stdout).toMatch(/\d+ source and \d+ target tokens/);
  const { stdout } = await cli.run(['evaluate', 'runs/animals', '--json']);
  const { metrics } = JSON.parse(stdout) as { metrics: Record<string, number> };
  expect(metrics['exactMatch']).toBeGreaterThan(0.9);
  // Answers are compared in characters, however their bytes were merged.
  expect(metrics['per']).toBe(metrics['cer']);
});

it('answers with the tokenizers that the run has kept', async () => {
  const source = JSON.parse(await readFile(file('runs/animals/tokenizer.source.json'), 'utf8')) as {
    model: { type: string };
  };
  expect(source.model.type).toBe('Unigram');
  const { stdout } = await cli.run(['predict', 'runs/animals', '7 owls and the dog']);
  expect(stdout).toBe('7 owls and the dog\t猫头鹰们和狗🐕\n');
  const inspected = await cli.run(['inspect', 'runs/animals']);
  expect(inspected.stdout).toMatch(
    /source: \d+ unigram tokens, 4 of them special\ntarget: \d+ byte-bpe tokens/,
  );
});

it('goes on with a run', async () => {
  const resumed = await cli.run(['train', 'animals.yaml', '--resume', '--set', 'training.steps=155']);
  expect(resumed.stderr).toBe('');
  expect(resumed.stdout).toContain('Going on from step 150 of 155');
});

it('says what a vocabulary must have room for', async () => {
  const { code, stderr } = await cli.run([
    'train',
    'animals.yaml',
    '--run',
    'small',
    '--set',
    'target.vocabularySize=100',
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /vocabularySize is 100; it must be at least 260: 4 special tokens, .* and 256 of texts/,
  );
});
