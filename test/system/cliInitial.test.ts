import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli, type CliResult } from '../support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

const encoder = '{ type: convolutional, embeddingSize: 8, channels: 16, layers: 1 }';
const training = (more = '') => `training:
  steps: 20
  batchSize: 32
  optimizer: { type: adam, learningRate: 0.01 }
  validation: { everySteps: 20 }
  ${more}
`;
const masked = (more?: string) => `task: masked-language-model
data: { source: { file: texts.tsv } }
model: { encoder: ${encoder} }
${training(more)}`;
const classes = (more?: string) => `task: classification
data: { source: { file: labelled.tsv } }
model: { encoder: ${encoder} }
${training(more)}`;

const words = Array.from({ length: 120 }, (_, i) =>
  Array.from({ length: 6 + (i % 5) }, (__, t) => 'abcde'[(t + i) % 5]!).join(''),
).map((word, i) => `${word}${i}`);

let pretraining: CliResult;
beforeAll(async () => {
  await writeFile(file('texts.tsv'), words.join('\n'));
  await writeFile(file('labelled.tsv'), words.map((word) => `${word}\t${word[0]}`).join('\n'));
  await writeFile(file('masked.yaml'), masked());
  pretraining = await cli.run(['train', 'masked.yaml', '--run', 'masked']);
});

it('starts from the encoder of another run, with its tokens', async () => {
  expect(pretraining.code).toBe(0);
  await writeFile(file('classes.yaml'), classes('initial: { run: masked }'));
  const { code, stdout, stderr } = await cli.run(['train', 'classes.yaml', '--run', 'classes']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(/starts from the encoder of .*masked/);
  // The vocabulary of the run has the mask, which labelled texts do not.
  const answer = await cli.run(['inspect', 'classes']);
  const size = (await cli.run(['inspect', 'masked'])).stdout.match(/embedding\.weight +(\d+) × 8/)![1];
  expect(answer.stdout).toMatch(new RegExp(`embedding\\.weight +${size} × 8`));
});

it('goes on from all of another run, and says how much of a vocabulary has vectors', async () => {
  await writeFile(file('vectors.txt'), 'a 1 2 3 4 5 6 7 8\nb 1 1 1 1 1 1 1 1\nz 0 0 0 0 0 0 0 0\n');
  await writeFile(file('more.yaml'), masked('initial: { run: masked, part: model }'));
  const more = await cli.run(['train', 'more.yaml', '--run', 'more']);
  expect(more.stdout).toMatch(/starts from all of .*masked/);
  const loss = (text: string) => Number(/Test .*: loss ([\d.]+)/.exec(text)![1]);
  expect(loss(more.stdout)).toBeLessThan(loss(pretraining.stdout));
  await writeFile(
    file('vectors.yaml'),
    classes('initial: { vectors: vectors.txt, weights: { type: orthogonal } }'),
  );
  const vectors = await cli.run(['train', 'vectors.yaml', '--run', 'vectors', '--set', 'training.steps=2']);
  expect(vectors.stdout).toMatch(/2 of \d+ tokens start from .*vectors\.txt/);
});

it.each<[string, string, RegExp]>([
  [
    'a run that is not there',
    'initial: { run: nowhere }',
    /training\.initial\.run: there is no \/.*\/nowhere\. Give the directory that a training wrote; a relative path counts from the folder/,
  ],
  ['a folder that is no run', 'initial: { run: . }', /training\.initial\.run: \/.*: not a run directory/],
  ['another tokenizer', 'initial: { run: masked }\ntext: { tokenizer: word }', /text\.tokenizer is word/],
  ['another model', 'initial: { run: masked, part: model }', /is not there.* take the encoder alone/],
  ['vectors of another size', 'initial: { vectors: short.txt }', /short\.txt: line 1: vectors of 2 values/],
])('says what is wrong about %s', async (_, more, message) => {
  await writeFile(file('short.txt'), 'a 1 2\n');
  await writeFile(file('wrong.yaml'), classes(more));
  const { code, stderr } = await cli.run(['train', 'wrong.yaml', '--run', 'wrong']);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(2);
});
