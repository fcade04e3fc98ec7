import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useCli, type CliResult } from './support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

const config = `task: tagging
data: { source: { file: trips.tsv }, split: { validation: 0.15, test: 0.15 } }
text: { minCount: 2 }
model: { encoder: { embeddingSize: 16, hiddenSize: 16 } }
training:
  steps: 60
  batchSize: 32
  optimizer: { type: adam, learningRate: 0.02 }
  checkpointEverySteps: 30
  validation: { everySteps: 30, metrics: [loss, entityF1], stopOn: entityF1 }
`;
/** Cities of one or two words; the word before says whether one begins. */
const cities = ['Rome', 'New York', 'Oslo', 'Rio Grande', 'Lima', 'Cape Town', 'Bath'];
const rows = cities.flatMap((from) =>
  cities.flatMap((to) =>
    ['on Monday', 'by train', 'with Bath salts'].map((rest) => {
      const city = (name: string) => (name.includes(' ') ? 'B-CITY I-CITY' : 'B-CITY');
      const others = rest.split(' ').map(() => 'O');
      return `from ${from} to ${to} ${rest}\tO ${city(from)} O ${city(to)} ${others.join(' ')}`;
    }),
  ),
);

let training: CliResult;
beforeAll(async () => {
  await writeFile(file('trips.yaml'), config);
  await writeFile(file('trips.tsv'), rows.join('\n'));
  training = await cli.run(['train', 'trips.yaml']);
});

it('trains, and measures entities', async () => {
  expect(training.stderr).toBe('');
  expect(training.stdout).toMatch(/Data: \d+ tokens of 1\d\d texts to train/);
  expect(training.stdout).toMatch(/Model: .* 3 tags\n/);
  expect(training.stdout).toMatch(/Test \(\d+ examples, the likeliest tags, checkpoint of step \d+\): loss/);
  const { stdout } = await cli.run(['evaluate', 'runs/trips', '--json']);
  const { metrics } = JSON.parse(stdout) as { metrics: Record<string, number> };
  expect(Object.keys(metrics)).toEqual([
    'loss',
    'tagAccuracy',
    'entityPrecision',
    'entityRecall',
    'entityF1',
  ]);
  expect(metrics['entityF1']).toBeGreaterThan(0.95);
});

it('tags texts', async () => {
  const { code, stdout } = await cli.run(['predict', 'runs/trips', 'from Cape Town to Oslo with Bath salts']);
  expect(code).toBe(0);
  expect(stdout).toBe('from/O Cape/B-CITY Town/I-CITY to/O Oslo/B-CITY with/O Bath/O salts/O\n');
  const json = await cli.run(['predict', 'runs/trips', '--json'], { input: 'to Oslo\n' });
  expect(JSON.parse(json.stdout)).toEqual({
    text: 'to Oslo',
    tokens: ['to', 'Oslo'],
    tags: ['O', 'B-CITY'],
    entities: [{ type: 'CITY', start: 1, end: 2 }],
  });
  const strange = await cli.run(['predict', 'runs/trips', 'to Paris']);
  expect(strange.stderr).toBe('heddle: argument 1: 1 token unknown to the model\n');
});

it('measures a file, and counts what it does not know', async () => {
  await writeFile(file('odd.tsv'), 'from Paris to Rome\tO B-CITY O B-PLACE\n');
  const { code, stdout, stderr } = await cli.run(['evaluate', 'runs/trips', '--data', 'odd.tsv']);
  expect(code).toBe(0);
  expect(stderr).toBe('heddle: 1 token unknown to the model, 1 tag unknown to the model\n');
  expect(stdout).toMatch(/^odd\.tsv: 1 example, the likeliest tags/);
});

it('goes on with a run, and lists its layers', async () => {
  const resumed = await cli.run(['train', 'trips.yaml', '--resume', '--set', 'training.steps=65']);
  expect(resumed.stdout).toContain('Going on from step 60 of 65');
  expect(resumed.code).toBe(0);
  const { stdout } = await cli.run(['inspect', 'runs/trips']);
  expect(stdout).toMatch(/output\.weight +3 × 32 +96\n/);
});

it('says in one line what is wrong', async () => {
  const complaint = async (...args: string[]) => {
    const { code, stderr } = await cli.run(args);
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/);
    expect(code).toBe(2);
    return stderr;
  };
  await writeFile(file('few.tsv'), `${rows.join('\n')}\nto Rome\tO\n`);
  expect(
    await complaint('train', 'trips.yaml', '--run', 'runs/x', '--set', 'data.source.file=few.tsv'),
  ).toContain(`few.tsv: line ${rows.length + 1}: the text has 2 tokens, but 1 tag.`);
  expect(await complaint('predict', 'runs/trips', ' ')).toContain('argument 1: the source has no word in it');
  expect(await complaint('predict', 'runs/trips', 'Rome', '--beam', '3')).toContain('--beam is for models');
});
